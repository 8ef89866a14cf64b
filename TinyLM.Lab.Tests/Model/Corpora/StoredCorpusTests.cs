using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Corpora;
using TinyLM.Model.Corpora.Texts;

namespace TinyLM.Lab.Tests.Model.Corpora;

public sealed class StoredCorpusTests : IDisposable
{
    private readonly TempCorpora _corpora = new();

    [Fact]
    public async Task ReadDocuments_Twice_GivesTheSame()
    {
        var corpus = StoredCorpus.Open(_corpora.FolderOf(await _corpora.ImportAsync("one\n<|endoftext|>\ntwo")));
        var documents = corpus.ReadDocuments(TestContext.Current.CancellationToken);

        using var first = documents.GetEnumerator();
        Assert.True(first.MoveNext());

        Assert.Equal(documents.ToList(), documents.ToList());
        Assert.Equal("one", first.Current.Text);
    }

    [Fact]
    public async Task ReadDocuments_Cancelled_Stops()
    {
        var corpus = StoredCorpus.Open(_corpora.FolderOf(await _corpora.ImportAsync("one\n<|endoftext|>\ntwo")));
        using var cancellation = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var _ in corpus.ReadDocuments(cancellation.Token)) cancellation.Cancel();
        });
    }

    [Fact]
    public async Task ReadDocuments_LongLinesWithSpaces_AreCutBeforeASpace()
    {
        var text = string.Concat(Enumerable.Repeat("word ", 50_000));

        var pieces = _corpora.Read(await _corpora.ImportAsync(text));

        Assert.Equal(text, string.Concat(pieces.Select(piece => piece.Text)));
        Assert.All(pieces.Skip(1), piece => Assert.Equal(' ', piece.Text[0]));
        Assert.All(pieces.SkipLast(1), piece => Assert.InRange(piece.Text.Length, 65_530, 65_536));
    }

    [Fact]
    public async Task ReadDocuments_LongWordsBetweenSpaces_StayWhole()
    {
        var text = "a " + new string('日', 100_000) + " b " + new string('x', 65_536) + "\n" + new string('y', 65_537);

        var pieces = _corpora.Read(await _corpora.ImportAsync(text));

        Assert.Equal(["a", " " + new string('日', 100_000), " b", " " + new string('x', 65_536), "\n", new string('y', 65_537)], pieces.Select(piece => piece.Text));
        Assert.Equal(text, string.Concat(pieces.Select(piece => piece.Text)));
    }

    [Property(MaxTest = 50)]
    public Property ReadDocuments_RunningTextOfAnyLines_IsTheTextInPiecesOfWholeLines() =>
        Prop.ForAll(Gen.Choose(0, 3_000).ListOf(150).Select(lengths => (IReadOnlyList<int>)[.. lengths]).ToArbitrary(), lengths =>
        {
            var text = "x" + string.Concat(lengths.Select((length, i) => (i % 7 == 0 ? "  " : "") + string.Concat(Enumerable.Repeat("é ", length / 2)) + "\n"));
            var info = Task.Run(() => _corpora.ImportAsync(text)).GetAwaiter().GetResult();

            var pieces = _corpora.Read(info);

            Assert.Equal(text, string.Concat(pieces.Select(piece => piece.Text)));
            Assert.Equal(info.PieceCount, pieces.Count);
            Assert.All(pieces, piece => Assert.InRange(Encoding.UTF8.GetByteCount(piece.Text), 1, 65_536));
            Assert.All(pieces.SkipLast(1), piece => Assert.EndsWith("\n", piece.Text, StringComparison.Ordinal));
        });

    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(16)]
    [InlineData(29)]
    public void Scanner_BufferOfAnySize_FindsTheSameDocuments(int bufferBytes)
    {
        var text = Encoding.UTF8.GetBytes("<|endoftext|>\none <|endoftext|>\n<|endoftext|>\n\n<|endoftext|>\ntwo\n<|endoftext|>three\n\n<|endoftext|>\n日本\n<|endoftext|>");

        using var scanner = new DocumentScanner(new ChunkedStream(text, 3, 1, 2), isRunning: false, bufferBytes);
        var found = new List<string>();
        while (scanner.MoveNext()) found.Add(Encoding.UTF8.GetString(scanner.Current));

        Assert.Equal(["one <|endoftext|>", "two\n<|endoftext|>three", "日本"], found);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(64)]
    public async Task Source_BlocksOfAnySize_GiveTheSameText(int blockBytes)
    {
        var file = Encoding.UTF8.GetBytes("\uFEFFa\r\nbé\r\r\n日本語😀\r\n\r\n😀é\n\r");
        var source = new Utf8Source(new ChunkedStream(file, 2, 1, 3), blockBytes: blockBytes);

        var text = new List<byte>();
        while (await source.ReadAsync(TestContext.Current.CancellationToken) is { Length: > 0 } block) text.AddRange(block.ToArray());

        Assert.Equal("a\nbé\n\n日本語😀\n\n😀é\n\n", Encoding.UTF8.GetString([.. text]));
    }

    [Theory]
    [InlineData("<|endoftext|>", true)]
    [InlineData("a\n<|endoftext|>", true)]
    [InlineData("<|endoftext|>\na", true)]
    [InlineData("a<|endoftext|>\n<|endoftext|> \n", false)]
    public void HasSeparator_LineOfItsOwn_IsOne(string text, bool expected)
    {
        foreach (var before in (int[])[0, 1 << 20])
        {
            for (var shift = 0; shift < (before > 0 ? 20 : 1); shift++)
            {
                var filler = before == 0 ? "" : new string('a', before - shift) + "\n";
                Assert.Equal(expected, DocumentScanner.HasSeparator(new MemoryStream(Encoding.UTF8.GetBytes(filler + text)), TestContext.Current.CancellationToken));
            }
        }
    }

    [Theory]
    [InlineData("corpus.json")]
    [InlineData("documents.txt")]
    public async Task Open_FileThatIsMissing_IsToldInWords(string name)
    {
        var folder = _corpora.FolderOf(await _corpora.ImportAsync("text"));
        File.Delete(Path.Combine(folder, name));

        var problem = Assert.Throws<CorpusFormatException>(() => StoredCorpus.Open(folder));

        Assert.Equal($"The corpus in '{folder}' is damaged. Expected a file {name}, found none. Delete it and add the text again.", problem.Message);
    }

    [Theory]
    [InlineData("{\"id\": \"a\", ")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"id": "a", "name": null, "kind": "text", "documentCount": 1, "byteCount": 4}""")]
    [InlineData("""{"id": "a", "name": "a", "kind": "poem", "documentCount": 1, "byteCount": 4}""")]
    [InlineData("""{"id": "a", "name": "a", "kind": "stories", "documentCount": 1, "byteCount": 4}""")]
    [InlineData("""{"id": "a", "name": "a", "kind": "text", "documentCount": -1, "byteCount": 4}""")]
    public async Task Open_DamagedDescription_IsToldInWords(string description)
    {
        var folder = _corpora.FolderOf(await _corpora.ImportAsync("text"));
        await File.WriteAllTextAsync(Path.Combine(folder, "corpus.json"), description, TestContext.Current.CancellationToken);

        var problem = Assert.Throws<CorpusFormatException>(() => StoredCorpus.Open(folder));

        Assert.Contains("is damaged. Expected", problem.Message, StringComparison.Ordinal);
        Assert.EndsWith("Delete it and add the text again.", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ona")]
    [InlineData("on")]
    [InlineData("one\u00e9")]
    public async Task ReadDocuments_TextThatWasChanged_IsToldAtTheEnd(string changed)
    {
        var info = await _corpora.ImportAsync("one");
        await File.WriteAllTextAsync(Path.Combine(_corpora.FolderOf(info), "documents.txt"), changed, TestContext.Current.CancellationToken);

        var problem = Assert.Throws<CorpusFormatException>(() => _corpora.Read(info));

        Assert.Contains("it was changed since it was added", problem.Message, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose() => _corpora.Dispose();
}
