using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TinyLM.Lab.Library;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Data;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Lab.Library;

/// <summary>The tokenizer library over real folders, and learning in the background.</summary>
public sealed class TokenizerLibraryTests : IDisposable
{
    private static readonly TokenizerImportOptions s_options = new() { Split = new TextSplit(SplitPattern.Gpt4), SpecialTokens = ["<|user|>"] };

    private readonly TempLab _lab = new();
    private readonly ManualClock _clock = new();
    private readonly CorpusLibrary _corpora;
    private readonly TokenizerLibrary _library;
    private readonly TokenizerTrainings _trainings;

    public TokenizerLibraryTests()
    {
        _corpora = new CorpusLibrary(_lab.Directory, _clock, NullLogger<CorpusLibrary>.Instance);
        _library = new TokenizerLibrary(_lab.Directory, _corpora, _clock, new ListLogger<TokenizerLibrary>());
        _trainings = new TokenizerTrainings(_lab.Directory, _corpora, _library, _clock, NullLogger<TokenizerTrainings>.Instance);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _trainings.Dispose();
        _corpora.Dispose();
        _lab.Dispose();
    }

    [Fact]
    public async Task List_OfANewLab_HoldsTheBuiltInOnesAsTheyAre()
    {
        foreach (var info in _library.List())
        {
            var tokenizer = await _library.OpenAsync(info.Id, Ct);
            Assert.Equal((TokenizerOrigin.BuiltIn, tokenizer.VocabularySize, tokenizer.Kind), (info.Origin, info.VocabularySize, info.Kind));
        }
    }

    [Fact]
    public async Task Add_RenameDelete_KeepWhatAPersonGave()
    {
        var added = await AddAsync("../my ranks", Ranks());

        var tokenizer = await _library.OpenAsync(added.Id, Ct);
        await _library.RenameAsync(added.Id, "Fox / den", Ct);

        Assert.Equal("../my ranks", added.Name);
        Assert.Equal((257, "<|endoftext|>"), (tokenizer.EndOfTextId, tokenizer.FindSpecial(257)!.Text)); // behind <|user|>
        Assert.Equal([.. "fox".Select(unit => (int)unit), 256], tokenizer.Encode("fox<|user|>", SpecialTokenReading.AsToken));
        Assert.Equal(("Fox / den", TokenizerOrigin.Imported, 258), (_library.Find(added.Id)!.Name, _library.Find(added.Id)!.Origin, _library.Find(added.Id)!.VocabularySize));
        Assert.Equal([added.Id], Directory.EnumerateDirectories(_lab.Directory.TokenizersPath).Select(Path.GetFileName));

        await _library.DeleteAsync(added.Id, Ct);

        Assert.Null(_library.Find(added.Id));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => _library.OpenAsync(added.Id, Ct));
    }

    [Fact]
    public async Task Deleted_IsTakenBackUntilTheNextStart()
    {
        var added = await AddAsync("mine", Ranks());
        await _library.DeleteAsync(added.Id, Ct);
        Assert.DoesNotContain(_library.List(), info => info.Origin != TokenizerOrigin.BuiltIn);

        await _library.RestoreAsync(added.Id, Ct);
        Assert.Equal("mine", _library.Find(added.Id)!.Name);
        Assert.Equal([.. "fox".Select(unit => (int)unit)], (await _library.OpenAsync(added.Id, Ct)).Encode("fox"));

        await _library.DeleteAsync(added.Id, Ct);
        var next = new TokenizerLibrary(_lab.Directory, _corpora, _clock, new ListLogger<TokenizerLibrary>());
        await Assert.ThrowsAsync<KeyNotFoundException>(() => next.RestoreAsync(added.Id, Ct));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => next.RestoreAsync("../corpora", Ct));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_lab.Directory.TokenizersPath));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no tokenizer at all")]
    [InlineData("{\"model\": {}}")]
    [InlineData("{\"a\": 0}")]
    public async Task Add_WhatIsNone_NamesTheFileAndKeepsNothing(string content)
    {
        var thrown = await Assert.ThrowsAsync<TokenizerFormatException>(() => AddAsync("mine", content));

        Assert.Contains("file.bin", thrown.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_lab.Directory.TokenizersPath));
    }

    [Theory]
    [InlineData("../corpora")]
    [InlineData("..")]
    [InlineData("x.new")]
    [InlineData("missing")]
    public async Task Open_OfNoTokenizer_SaysSo(string id)
    {
        Directory.CreateDirectory(Path.Combine(_lab.Directory.TokenizersPath, "x.new"));

        Assert.Null(_library.Find(id));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => _library.OpenAsync(id, Ct));
    }

    [Fact]
    public async Task BuiltIn_RenameAndDelete_AreRefused()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _library.RenameAsync(BuiltInTokenizers.Gpt2, "mine", Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _library.DeleteAsync(BuiltInTokenizers.Gpt2, Ct));
    }

    [Fact]
    public async Task Training_OfACorpus_TellsItsMergesAndEndsInTheLibrary()
    {
        var corpus = await _corpora.AddAsync("foxes.txt", Stream("The fox saw the fox. The other foxes saw <|user|> the den and the fox.\n"), null, Ct);
        var settings = new TokenizerTrainingSettings { Corpus = corpus.Id, VocabularySize = 280, SpecialTokens = ["<|user|>"], MinimumFrequency = 2 };

        var id = _trainings.Start("Foxes", settings);
        await Eventually.HoldsAsync(() => _trainings.Read(id, 0)!.Training.Stage == TokenizerTrainingStage.Done, "the tokenizer is learned");

        var update = _trainings.Read(id, 3)!;
        var info = _library.Find(update.Training.TokenizerId!)!;
        var tokenizer = await _library.OpenAsync(info.Id, Ct);
        Assert.Equal(("Foxes", TokenizerOrigin.Trained, corpus.Id, tokenizer.VocabularySize), (info.Name, info.Origin, info.Corpus, info.VocabularySize));
        Assert.Equal(settings.VocabularySize, info.Training!.VocabularySize);
        Assert.Equal(update.Training.MergeCount - 3, update.Merges.Count);
        Assert.Equal(tokenizer.Merges.Skip(3).Select(merge => (merge.Left, merge.Right, merge.Token)), update.Merges.Select(merge => (merge.Left, merge.Right, merge.Token)));
        Assert.All(update.Merges, merge => Assert.True(merge.Count >= 2));
        Assert.NotNull(tokenizer.FindSpecial("<|user|>"));

        var counted = await _library.CountAsync(info.Id, corpus.Id, null, null, Ct);
        Assert.Equal(counted.TokenCount, counted.Counts.Sum());
        Assert.Equal(tokenizer.Encode("The fox saw the fox. The other foxes saw <|user|> the den and the fox.\n").Count, counted.TokenCount);
        Assert.Equal(15, counted.WordCount);
    }

    [Fact]
    public async Task Training_Cancelled_LeavesNothingAndTheNextGoesOn()
    {
        var first = _trainings.Start("Large", new TokenizerTrainingSettings { VocabularySize = 60_000, MinimumFrequency = 1 });
        var second = _trainings.Start("Small", new TokenizerTrainingSettings { VocabularySize = 260, TrainingBytes = 100_000 });
        _trainings.Cancel(first);
        _trainings.Cancel(first);

        await Eventually.HoldsAsync(() => _trainings.Read(second, 0)!.Training.Stage == TokenizerTrainingStage.Done, "the second is learned");

        Assert.Equal(TokenizerTrainingStage.Cancelled, _trainings.Read(first, 0)!.Training.Stage);
        Assert.Single(Directory.EnumerateDirectories(_lab.Directory.TokenizersPath));
        Assert.Equal(["Small", "Large"], _trainings.List().Select(training => training.Name));
    }

    [Fact]
    public void Training_OfUnsoundSettings_IsRefusedInWords()
    {
        var thrown = Assert.Throws<ArgumentException>(() => _trainings.Start("x", new TokenizerTrainingSettings
        {
            Corpus = "none",
            VocabularySize = 100,
            SplitPattern = SplitPattern.Expression,
            SplitExpression = @"(a+)+(?!b)",
            SpecialTokens = ["user"],
        }));

        foreach (var words in (string[])["no corpus 'none'", "ask for at least 258", "needs backtracking", "should look like <|user|>"]) Assert.Contains(words, thrown.Message, StringComparison.Ordinal);
    }

    private Task<TokenizerInfo> AddAsync(string name, string content) => _library.AddAsync(name, [new TokenizerUpload("file.bin", Stream(content))], s_options, Ct);

    private static string Ranks() => string.Concat(Enumerable.Range(0, 256).Select(value => $"{Convert.ToBase64String([(byte)value])} {value}\n"));

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));
}
