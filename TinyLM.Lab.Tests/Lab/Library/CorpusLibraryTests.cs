using System.Text;
using Microsoft.Extensions.Logging;
using TinyLM.Lab.Library;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Corpora;

namespace TinyLM.Lab.Tests.Lab.Library;

/// <summary>The library over real folders.</summary>
public sealed class CorpusLibraryTests : IDisposable
{
    private readonly TempLab _lab = new();
    private readonly ManualClock _clock = new();
    private readonly ListLogger<CorpusLibrary> _log = new();
    private readonly CorpusLibrary _library;

    public CorpusLibraryTests() => _library = new CorpusLibrary(_lab.Directory, _clock, _log);

    public void Dispose()
    {
        _library.Dispose();
        _lab.Dispose();
    }

    [Fact]
    public void List_OfANewLab_HoldsTheStories()
    {
        var corpora = _library.List();

        Assert.Equal(["stories", "first-stories"], corpora.Select(stories => stories.Id));
        Assert.All(corpora, stories =>
        {
            Assert.Equal(CorpusKind.Stories, stories.Kind);
            Assert.True(stories.ByteCount >= 8_000_000);
            Assert.Equal(stories, _library.Find(stories.Id));
        });
    }

    [Fact]
    public async Task Add_Text_StandsAfterTheStoriesTheNewestFirst()
    {
        var first = await AddAsync("first.txt", "One line.");
        _clock.Advance(TimeSpan.FromMinutes(1));
        var second = await AddAsync("../../second.txt", "Another line.");

        Assert.Equal(["stories", "first-stories", second.Id, first.Id], _library.List().Select(corpus => corpus.Id));
        Assert.Equal("../../second.txt", second.Name);
        Assert.Equal(2, Directory.GetDirectories(_lab.Directory.CorporaPath).Length);
        Assert.Equal(first, _library.Find(first.Id));
    }

    [Fact]
    public async Task Preview_OfPagesInAnyOrder_HasTheirDocuments()
    {
        var corpus = await AddAsync("numbers.txt", string.Join("\n<|endoftext|>\n", Enumerable.Range(0, 1000).Select(i => $"Document {i}.")));

        foreach (var first in (long[])[0, 10, 20, 10, 500, 510, 0, 990, 995])
        {
            var page = await PreviewAsync(corpus.Id, first, 10);
            var expected = Enumerable.Range((int)first, (int)Math.Min(10, 1000 - first)).Select(i => new DocumentPreview(i, $"Document {i}.", $"Document {i}.".Length));
            Assert.Equal(expected, page);
        }

        Assert.Empty(await PreviewAsync(corpus.Id, 1000, 10));
    }

    [Fact]
    public async Task Preview_OfALongDocument_IsCutBetweenCharacters()
    {
        var corpus = await AddAsync("long.txt", "a" + string.Concat(Enumerable.Repeat("🦊", 5000)));

        var document = Assert.Single(await PreviewAsync(corpus.Id, 0, 10, maxCharacters: 100));

        Assert.Equal(10_001, document.CharacterCount);
        Assert.Equal(99, document.Text.Length);
        Assert.EndsWith("🦊", document.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preview_OfTheStories_IsWhatTheCorpusHolds()
    {
        var expected = new StoryCorpus(StorySet.World, 1, 8_000_000).ReadDocuments(TestContext.Current.CancellationToken).Skip(30).Take(3).Select(story => story.Text[..Math.Min(story.Text.Length, 200)]);

        var page = await PreviewAsync("stories", 30, 3, maxCharacters: 200);

        Assert.Equal(expected, page.Select(document => document.Text));
        Assert.Empty(await PreviewAsync("stories", 10_000_000, 3));
    }

    [Fact]
    public async Task Preview_OfNoCorpus_IsToldInWords()
    {
        var refusal = await Assert.ThrowsAsync<KeyNotFoundException>(() => PreviewAsync("absent", 0, 10));

        Assert.StartsWith("There is no such corpus", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_WhileItIsRead_LeavesTheReaderAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not move folders with open files; the library says so in words.");
        var corpus = await AddAsync("read.txt", string.Join("\n<|endoftext|>\n", Enumerable.Range(0, 1000).Select(i => $"Document {i}.")));
        using var reader = StoredCorpus.Open(Path.Combine(_lab.Directory.CorporaPath, corpus.Id)).ReadDocuments(TestContext.Current.CancellationToken).GetEnumerator();
        Assert.True(reader.MoveNext());
        await PreviewAsync(corpus.Id, 0, 10);

        await _library.DeleteAsync(corpus.Id, TestContext.Current.CancellationToken);

        Assert.Null(_library.Find(corpus.Id));
        Assert.Empty(Directory.GetFileSystemEntries(_lab.Directory.CorporaPath));
        var rest = 0;
        while (reader.MoveNext()) rest++;
        Assert.Equal(999, rest);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => PreviewAsync(corpus.Id, 0, 10));
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("../runs")]
    [InlineData("")]
    public async Task Delete_OfNoCorpus_DoesNothing(string id)
    {
        await _library.DeleteAsync(id, TestContext.Current.CancellationToken);

        Assert.True(Directory.Exists(_lab.Directory.RunsPath));
        Assert.True(Directory.Exists(_lab.Directory.CorporaPath));
    }

    [Fact]
    public async Task Delete_OfTheStories_IsRefused()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _library.DeleteAsync("stories", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task DamagedFolder_IsLeftOutAndToldToTheLogOnce()
    {
        var sound = await AddAsync("sound.txt", "A line.");
        Directory.CreateDirectory(Path.Combine(_lab.Directory.CorporaPath, "nothing"));
        Directory.CreateDirectory(Path.Combine(_lab.Directory.CorporaPath, "torn"));
        File.WriteAllText(Path.Combine(_lab.Directory.CorporaPath, "torn", "corpus.json"), "{\"id\":");

        for (var i = 0; i < 3; i++) Assert.Equal(["stories", "first-stories", sound.Id], _library.List().Select(corpus => corpus.Id));

        Assert.Equal(2, _log.Entries.Count(entry => entry.Level == LogLevel.Warning));
        Assert.Null(_library.Find("torn"));
    }

    [Theory]
    [MemberData(nameof(BadInput))]
    public async Task Add_WhatIsNoText_IsToldInWordsAndLeavesNothing(string what, byte[] content)
    {
        using var stream = new MemoryStream(content);

        var refusal = await Assert.ThrowsAsync<CorpusFormatException>(() => _library.AddAsync(what, stream, null, TestContext.Current.CancellationToken));

        Assert.NotEmpty(refusal.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_lab.Directory.CorporaPath));
        Assert.Equal(StorySet.All.Count, _library.List().Count);
    }

    public static TheoryData<string, byte[]> BadInput { get; } = new()
    {
        { "empty", [] },
        { "blank", "\n\n  \n"u8.ToArray() },
        { "binary", [0x7f, (byte)'E', (byte)'L', (byte)'F', 0, 0, 1, 2, 3] },
        { "not UTF-8", [.. "caf"u8, 0xe9, .. " and more"u8] },
    };

    [Fact]
    public async Task Add_OneLineOf50MegabytesOfWords_IsReadInParts()
    {
        using var stream = new RepeatingStream("word "u8.ToArray(), 50_000_000);

        var corpus = await _library.AddAsync("line.txt", stream, null, TestContext.Current.CancellationToken);

        Assert.Equal((1, 50_000_000), (corpus.DocumentCount, corpus.ByteCount));
        var last = Assert.Single(await PreviewAsync(corpus.Id, corpus.ReadCount - 1, 10));
        Assert.StartsWith("word", last.Text.TrimStart(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_OneLineOf50MegabytesWithoutABlank_IsToldInWordsAndLeavesNothing()
    {
        using var stream = new RepeatingStream("word"u8.ToArray(), 50_000_000);

        var refusal = await Assert.ThrowsAsync<CorpusFormatException>(() => _library.AddAsync("line.txt", stream, null, TestContext.Current.CancellationToken));

        Assert.Contains("white space", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_lab.Directory.CorporaPath));
    }

    [Fact]
    public async Task Add_Cancelled_LeavesNothing()
    {
        using var stop = new CancellationTokenSource();
        using var stream = new RepeatingStream("A line of text.\n"u8.ToArray(), 1L << 40);
        var progress = new Progress(read =>
        {
            if (read > 3_000_000) stop.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _library.AddAsync("endless.txt", stream, progress, stop.Token));

        Assert.Empty(Directory.GetFileSystemEntries(_lab.Directory.CorporaPath));
    }

    [Fact]
    public async Task Entropy_OfTheStories_IsMeasuredOnceAndOfOthersUnknown()
    {
        var corpus = await AddAsync("a.txt", "A line.");

        var entropy = await _library.MeasureEntropyAsync("stories", TestContext.Current.CancellationToken);

        Assert.InRange(entropy!.BitsPerByte, 0.05, 2);
        Assert.InRange(entropy.StandardError, 0, 0.01);
        Assert.Same(entropy, await _library.MeasureEntropyAsync("stories", TestContext.Current.CancellationToken));
        Assert.Null(await _library.MeasureEntropyAsync(corpus.Id, TestContext.Current.CancellationToken));
    }

    private async Task<CorpusInfo> AddAsync(string name, string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await _library.AddAsync(name, stream, null, TestContext.Current.CancellationToken);
    }

    private Task<IReadOnlyList<DocumentPreview>> PreviewAsync(string corpusId, long first, int count, int maxCharacters = 1000) =>
        _library.PreviewAsync(corpusId, first, count, maxCharacters, TestContext.Current.CancellationToken);

    private sealed class Progress(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
