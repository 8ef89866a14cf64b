using System.Text;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Model.Corpora;

/// <summary>What the importer refuses, each in words that say where and what to do, with nothing left behind.</summary>
public sealed class CorpusRefusalTests : IDisposable
{
    private const int Limit = 16 << 20;

    private readonly TempCorpora _corpora = new();

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    public async Task Empty_File_IsRefused(string text) =>
        Assert.Equal("Expected a text, found an empty file. Choose another one.", await _corpora.RefusalOfAsync(text));

    [Theory]
    [InlineData(" \r\n\t\n", "text.txt")]
    [InlineData("\n<|endoftext|>\n \n<|endoftext|>\n", "text.txt")]
    [InlineData("{\"text\": \"\"}\n\n{\"text\": \" \\n\"}", "text.jsonl")]
    public async Task Nothing_ButWhiteSpace_IsRefused(string text, string name) =>
        Assert.StartsWith("Expected a text, found nothing but white space", await _corpora.RefusalOfAsync(text, name), StringComparison.Ordinal);

    [Fact]
    public async Task NulByte_IsRefusedWithItsPlace() =>
        Assert.Equal(
            "Expected text, found a NUL byte in line 3, at offset 5 of the file: this is a binary file, or text in UTF-16. Save it as plain text in UTF-8 and add it again.",
            await _corpora.RefusalOfAsync("a\r\nb\r\0"));

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x61, 0x00 }, "a text in UTF-16", "Save it as UTF-8")]
    [InlineData(new byte[] { 0xFE, 0xFF, 0x00, 0x61 }, "a text in UTF-16", "Save it as UTF-8")]
    [InlineData(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A }, "a PNG picture", "Choose a file of text")]
    [InlineData(new byte[] { 0x50, 0x4B, 0x03, 0x04, 0x14 }, "a ZIP archive", "Unpack it")]
    [InlineData(new byte[] { 0x25, 0x50, 0x44, 0x46, 0x2D, 0x31 }, "a PDF document", "Copy its text")]
    [InlineData(new byte[] { 0x1F, 0x8B, 0x08 }, "a gzip archive", "Unpack it")]
    public async Task File_OfAnotherKind_IsRefusedByName(byte[] file, string kind, string advice)
    {
        var refusal = await _corpora.RefusalOfAsync(file);

        Assert.Contains($"found {kind}", refusal, StringComparison.Ordinal);
        Assert.Contains(advice, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0x0A, 0x62, 0xE9, 0x63 }, "0xE9", "line 2, at offset 3")] // Latin-1
    [InlineData(new byte[] { 0x61, 0x0D, 0x0D, 0x0A, 0xE6, 0x97 }, "0xE6", "line 3, at offset 4")] // ends within a character
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0x61, 0xED, 0xA0, 0x80 }, "0xED", "line 1, at offset 4")] // a surrogate
    [InlineData(new byte[] { 0xC3, 0xA9, 0xC0, 0x80 }, "0xC0", "line 1, at offset 2")] // longer than need be
    public async Task InvalidUtf8_IsRefusedWithItsPlace(byte[] file, string found, string place)
    {
        var expected = $"Expected UTF-8, found byte {found} that is no character of it in {place} of the file. Save the file as UTF-8 and add it again.";

        Assert.Equal(expected, await _corpora.RefusalOfAsync(file));
        Assert.Equal(expected, await _corpora.RefusalOfAsync(new ChunkedStream(file, 1)));
    }

    [Fact]
    public async Task InvalidUtf8_FarIntoTheFile_IsRefusedWithItsPlace()
    {
        var file = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("éé😀\r\n", 400_000)));
        file[3_000_000] = 0xFF; // the 300,001st line begins there

        Assert.Contains("found byte 0xFF that is no character of it in line 300,001, at offset 3,000,000 of", await _corpora.RefusalOfAsync(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"text\": \"a\"}\n\n{\"text\": é}\n", "line 3, column 10: ")]
    [InlineData("{\"text\": \"a\"}\n{\"text\": \"b\"", "line 2, column ")]
    [InlineData("{\"text\": \"a\"} {\"text\": \"b\"}\n", "line 1, column 15: ")]
    [InlineData("{\n  \"text\": \"a\"\n}\n", "line 1, column 2: ")]
    public async Task MalformedJson_IsRefusedWithItsPlace(string text, string place)
    {
        var refusal = await _corpora.RefusalOfAsync(text, "x.jsonl");

        Assert.StartsWith("Expected one JSON object a line, found malformed JSON in " + place, refusal, StringComparison.Ordinal);
        Assert.EndsWith(" Correct or remove the line.", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("BytePosition", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JsonArray_IsRefusedWithAnExample() =>
        Assert.Equal(
            "Expected one JSON object a line, found an array in line 1. Write each document as an object on a line of its own, such as {\"text\": \"…\"}.",
            await _corpora.RefusalOfAsync("[{\"text\": \"a\"}]", "x.json"));

    [Theory]
    [InlineData("{\"id\": 7, \"body\": \"x\", \"text\": {\"content\": \"y\"}}", "\"id\" (a number), \"body\" (a string), \"text\" (an object)")]
    [InlineData("{}", "none")]
    public async Task JsonWithoutADocument_IsRefusedWithTheFieldsThereAre(string line, string found) =>
        Assert.Equal(
            $"Expected a field \"text\", \"story\" or \"content\" with a string in line 2, found {found}. Rename the field that holds the document to \"text\".",
            await _corpora.RefusalOfAsync("{\"text\": \"a\"}\n" + line, "x.jsonl"));

    [Theory]
    [InlineData("{\"text\": \"a \\ud800 b\"}", "half a surrogate pair")]
    [InlineData("{\"text\": \"a \\u0000 b\"}", "the character U+0000")]
    public async Task JsonText_ThatIsNoText_IsRefused(string line, string found) =>
        Assert.Contains($"found {found}", await _corpora.RefusalOfAsync(line, "x.jsonl"), StringComparison.Ordinal);

    [Fact]
    public async Task Document_AboveTheLimit_IsRefusedWithItsLine()
    {
        var lines = string.Concat(Enumerable.Repeat(new string('a', 1023) + "\n", Limit / 1024 + 1));

        var refusal = await _corpora.RefusalOfAsync("one\n<|endoftext|>\n" + lines + "<|endoftext|>\nthree");

        Assert.Equal("Expected documents of at most 16 MiB, found a longer one that begins at line 3. Put lines <|endoftext|> between its parts.", refusal);
    }

    [Fact]
    public async Task JsonDocument_AboveTheLimit_IsRefusedWithItsLine() =>
        Assert.StartsWith(
            "Expected documents of at most 16 MiB, found one of 16,777,217 bytes in line 2.",
            await _corpora.RefusalOfAsync($"{{\"text\": \"a\"}}\n{{\"text\": \"{new string('a', Limit + 1)}\"}}", "x.jsonl"), StringComparison.Ordinal);

    [Fact]
    public async Task Document_AtTheLimit_IsTaken()
    {
        var document = new string('a', Limit);

        Assert.Equal([document, "b"], _corpora.Texts(await _corpora.ImportAsync(document + "\n<|endoftext|>\nb")));
        Assert.Equal([document], _corpora.Texts(await _corpora.ImportAsync($"{{\"text\": \"{document}\"}}", "x.jsonl")));
    }

    [Fact]
    public async Task RunningText_WithoutAPlaceToCut_IsRefusedWithItsLine()
    {
        var refusal = await _corpora.RefusalOfAsync("Some words.\n" + new string('a', 50_000_000));

        Assert.Equal(
            "Expected white space at least every 16 MiB in a running text, found none from line 2 on. Break the line, or put a line <|endoftext|> between the documents.",
            refusal);
    }

    /// <inheritdoc/>
    public void Dispose() => _corpora.Dispose();
}
