using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Corpora;

namespace TinyLM.Lab.Tests.Model.Corpora;

public sealed class CorpusImporterTests : IDisposable
{
    private readonly TempCorpora _corpora = new();

    [Fact]
    public async Task Import_TextWithSeparators_HasOneDocumentBetweenTwo()
    {
        var info = await _corpora.ImportAsync("<|endoftext|>\n\nOne.\nTwo.\n\n<|endoftext|>\n\n<|endoftext|>\n  Three <|endoftext|> four\n<|endoftext|>x\n<|endoftext|>\nLast");

        Assert.Equal(["One.\nTwo.", "  Three <|endoftext|> four\n<|endoftext|>x", "Last"], _corpora.Texts(info));
        Assert.Equal((CorpusKind.Text, 3, null, 3), (info.Kind, info.DocumentCount, info.PieceCount, info.ReadCount));
        Assert.Equal(_corpora.Texts(info).Sum(Encoding.UTF8.GetByteCount), info.ByteCount);
        Assert.DoesNotContain(_corpora.Read(info), document => document.ContinuesPrevious);
    }

    [Theory]
    [InlineData("Only.\n<|endoftext|>")]
    [InlineData("Only.\n<|endoftext|>\n")]
    [InlineData("<|endoftext|>\nOnly.")]
    [InlineData("\r\n<|endoftext|>\r\nOnly.\r\n<|endoftext|>\r\n \t\r\n")]
    public async Task Import_SeparatorAtAnEnd_MakesNoEmptyDocument(string text)
    {
        var info = await _corpora.ImportAsync(text);

        Assert.Equal(["Only."], _corpora.Texts(info));
        Assert.Equal((1, null, 5), (info.DocumentCount, info.PieceCount, info.ByteCount));
    }

    [Fact]
    public async Task Import_RunningText_IsOneDocumentToTheLetter()
    {
        var info = await _corpora.ImportAsync("\n\nFirst <|endoftext|> Citizen:\n\n  Speak. \n");

        Assert.Equal(["\n\nFirst <|endoftext|> Citizen:\n\n  Speak. \n"], _corpora.Texts(info));
        Assert.Equal((1, 1, 42), (info.DocumentCount, info.PieceCount, info.ByteCount));
    }

    [Fact]
    public async Task Import_AnyText_IsDescribedInItsFolder()
    {
        var info = await _corpora.ImportAsync("\uFEFFa\r\nb\rc\r\r\nd\r", "  My poems.txt ");

        var folder = _corpora.FolderOf(info);
        Assert.Equal(["corpus.json", "documents.txt"], Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("a\nb\nc\n\nd\n"u8.ToArray(), await File.ReadAllBytesAsync(Path.Combine(folder, "documents.txt"), TestContext.Current.CancellationToken));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("a\nb\nc\n\nd\n"u8)), info.Sha256);
        Assert.Equal(("My poems.txt", TestRuns.Start), (info.Name, info.AddedAt));
        Assert.Matches("^[0-9]{8}-[0-9]{6}-[0-9a-f]{8}$", info.Id);
        Assert.Equal(info, StoredCorpus.Open(folder).Info);
    }

    [Theory]
    [InlineData("stories.jsonl")]
    [InlineData("stories")]
    [InlineData("stories.txt")]
    public async Task Import_JsonLines_TakesTextThenStoryThenContent(string name)
    {
        var info = await _corpora.ImportAsync(
            """
            {"id": 1, "content": "no", "story": "no", "text": "One.\r\nTwo. \u00e9\ud83d\ude00 \"x\""}

            {"text": null, "content": "no", "story": "\n\nThree."}
            {"meta": {"text": "no"}, "content": "Four.", "tags": ["a"]}
            {"text": "\n"}
            """,
            name);

        Assert.Equal(["One.\nTwo. é😀 \"x\"", "Three.", "Four."], _corpora.Texts(info));
        Assert.Equal((CorpusKind.JsonLines, 3, null), (info.Kind, info.DocumentCount, info.PieceCount));
        Assert.Equal(_corpora.Texts(info).Sum(Encoding.UTF8.GetByteCount), info.ByteCount);
        Assert.Equal("JSON lines; the documents are from the field “content”, “story”, “text”.", info.Description);
    }

    [Fact]
    public async Task Import_TextThatOnlyBeginsLikeJson_IsText()
    {
        var info = await _corpora.ImportAsync("{ curly } is a word.\nAnd so on.\n", "words");

        Assert.Equal(CorpusKind.Text, info.Kind);
    }

    [Property(MaxTest = 100)]
    public Property Import_AnyDocuments_ComeBackFromTextAndJson() =>
        Prop.ForAll(Documents().ToArbitrary(), documents =>
        {
            var expected = documents.Select(document => document.ReplaceLineEndings("\n")).ToList();
            var text = string.Concat(documents.Select(document => document + "\r\n<|endoftext|>\n"));
            var json = string.Concat(documents.Select(document => JsonSerializer.Serialize(new { text = document }) + "\n"));

            var fromText = ImportedBack(text, "x.txt");
            var fromJson = ImportedBack(json, "x.jsonl");

            Assert.Equal(expected, fromText);
            Assert.Equal(expected, fromJson);
        });

    [Fact]
    public async Task Import_FewBytesARead_IsTheSameAsWhole()
    {
        var text = Encoding.UTF8.GetBytes("\uFEFF\r\nééé\r\n<|endoftext|>\r\n日本語 😀😀\r\r\n<|endoftext|>\rlast\r");
        var whole = await _corpora.ImportAsync(text);

        foreach (var sizes in (int[][])[[1], [2], [3], [1, 3, 2], [7, 1]])
        {
            var chunked = await _corpora.ImportAsync(new ChunkedStream(text, sizes));
            Assert.Equal(whole with { Id = chunked.Id }, chunked);
        }
    }

    [Fact]
    public async Task Import_FolderThatIsGone_LeavesNothing()
    {
        var gone = Path.Combine(_corpora.Path, "missing", "corpora");
        await File.WriteAllTextAsync(Path.Combine(_corpora.Path, "missing"), "a file", TestContext.Current.CancellationToken);

        await Assert.ThrowsAnyAsync<IOException>(() => CorpusImporter.ImportAsync("x", new MemoryStream("text"u8.ToArray()), gone, null, TimeProvider.System, TestContext.Current.CancellationToken));

        Assert.Single(Directory.EnumerateFileSystemEntries(_corpora.Path));
    }

    [Fact]
    public async Task Import_StreamThatBreaks_LeavesNothing()
    {
        var broken = new ChunkedStream(new byte[3_000_000].Select(_ => (byte)'x').ToArray(), 100_000)
        {
            Reading = position => { if (position > 2_000_000) throw new IOException("No space left on device"); },
        };

        var problem = await Assert.ThrowsAsync<IOException>(() => _corpora.ImportAsync(broken));

        Assert.Equal("No space left on device", problem.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_corpora.Path));
    }

    [Fact]
    public async Task Import_Cancelled_LeavesNothing()
    {
        using var cancellation = new CancellationTokenSource();
        var seen = false;
        var content = new ChunkedStream(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("some words\n", 300_000))), 50_000)
        {
            Reading = position =>
            {
                if (position <= 1_500_000) return;
                seen = Directory.EnumerateDirectories(_corpora.Path, "*.new").Any();
                cancellation.Cancel();
            },
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CorpusImporter.ImportAsync("x", content, _corpora.Path, null, TimeProvider.System, cancellation.Token));

        Assert.True(seen, "it was being written");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_corpora.Path));
    }

    [Fact]
    public async Task Import_UnderWay_TellsHowFarItIs()
    {
        var told = new Told();

        await CorpusImporter.ImportAsync("x", new MemoryStream(Encoding.UTF8.GetBytes(new string('a', 2_500_000))), _corpora.Path, told, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal(2_500_000, told.Values[^1]);
        Assert.True(told.Values.Count >= 3);
        Assert.Equal(told.Values.Order(), told.Values);
    }

    [Fact]
    public async Task Import_TinyStories_FindsEveryStory()
    {
        await using var file = File.OpenRead(SharedData.Path("corpora", "tinystories", "tinystories_train.txt"));

        var info = await _corpora.ImportAsync(file, "tinystories_train.txt");

        Assert.Equal((6_740, null), (info.DocumentCount, info.PieceCount));
        Assert.Equal(6_740, _corpora.Read(info).Count);
    }

    [Fact]
    public async Task Import_TinyShakespeare_IsOneRunningText()
    {
        var path = SharedData.Path("corpora", "shakespeare", "tinyshakespeare.txt");
        await using var file = File.OpenRead(path);

        var info = await _corpora.ImportAsync(file);

        var pieces = _corpora.Read(info);
        Assert.Equal((1, pieces.Count, 1_115_394), (info.DocumentCount, info.PieceCount, info.ByteCount));
        Assert.InRange(pieces.Count, 18, 20);
        Assert.Equal(pieces.Select((_, i) => i > 0), pieces.Select(piece => piece.ContinuesPrevious));
        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), string.Concat(pieces.Select(piece => piece.Text)));
    }

    /// <inheritdoc/>
    public void Dispose() => _corpora.Dispose();

    private IReadOnlyList<string> ImportedBack(string text, string name)
    {
        var info = Task.Run(() => _corpora.ImportAsync(new ChunkedStream(Encoding.UTF8.GetBytes(text), 3, 1, 5), name)).GetAwaiter().GetResult();
        var documents = _corpora.Read(info);
        Assert.Equal(documents.Count, info.DocumentCount);
        Assert.Equal(documents.Sum(document => (long)Encoding.UTF8.GetByteCount(document.Text)), info.ByteCount);
        return [.. documents.Select(document => document.Text)];
    }

    /// <summary>Documents of any Unicode, with what the format is about more often than chance would have it; no line breaks around them.</summary>
    private static Gen<string[]> Documents()
    {
        var part = Gen.OneOf(
            Gen.Choose(1, 0x10FFFF).Where(Rune.IsValid).Select(value => new Rune(value).ToString()),
            Gen.Choose(32, 126).Select(value => ((char)value).ToString()),
            Gen.Elements("\n", "\r\n", "\r", "\n\n", " ", "<|endoftext|> ", " <|endoftext|>", "<|endoftext|", "é", "日本", "😀", "\u2028", "\uFEFF", "\""));
        return part.ListOf().Select(parts => "." + string.Concat(parts).Replace("\f", "", StringComparison.Ordinal).Replace("\u0085", "", StringComparison.Ordinal).Replace("\u2028", "", StringComparison.Ordinal).Replace("\u2029", "", StringComparison.Ordinal) + ".").NonEmptyListOf().Select(documents => documents.ToArray());
    }

    /// <summary>Tells at once, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Told : IProgress<long>
    {
        public List<long> Values { get; } = [];

        public void Report(long value) => Values.Add(value);
    }
}
