using TinyLM.Model.Corpora;
using TinyLM.Model.Data;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Model.Data;

public sealed class DatasetPreparationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tinylm-").FullName;

    private string Tokenizers => Path.Combine(_folder, "tokenizers");

    private string Datasets => Path.Combine(_folder, "datasets");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Prepare_ManyDocuments_PutsEachWholeOnOneSide()
    {
        var documents = Enumerable.Range(0, 400).Select(i => new Document($"Document {i} tells of {i * i} foxes.")).ToList();

        var prepared = Prepare(new ListCorpus(documents), fraction: 0.25);

        var train = Documents(prepared.TrainPath, prepared.TokenizerPath);
        var validation = Documents(prepared.ValidationPath, prepared.TokenizerPath);
        Assert.Equal(documents.Select(document => document.Text).Order(), train.Concat(validation).Order());
        Assert.InRange(validation.Count, 60, 140); // 100 expected, 8.7 the standard deviation
        Assert.NotEqual(validation, [.. documents.TakeLast(validation.Count).Select(document => document.Text)]); // spread, not the end
        var bytes = validation.Sum(text => text.Length);
        Assert.Equal((double)bytes / prepared.Info.ValidationTokens, prepared.Info.BytesPerToken, tolerance: 1e-12);
        Assert.Null(prepared.Info.EntropyFloor);
    }

    [Fact]
    public void Prepare_RunningText_SplitsItAtALineNearItsEndAndInsertsNoEndOfText()
    {
        var lines = Enumerable.Range(0, 500).Select(i => $"line {i:D3} of a running text\n").ToList();
        var pieces = lines.Chunk(50).Select((part, i) => new Document(string.Concat(part), ContinuesPrevious: i > 0)).ToList();

        var prepared = Prepare(new ListCorpus(pieces), fraction: 0.1);

        Assert.Equal([string.Concat(lines.Take(450))], Documents(prepared.TrainPath, prepared.TokenizerPath));
        Assert.Equal([string.Concat(lines.Skip(450))], Documents(prepared.ValidationPath, prepared.TokenizerPath));
    }

    [Fact]
    public void Prepare_KnownProbabilities_GivesTheEntropyInNatsAToken()
    {
        var documents = Enumerable.Range(0, 300).Select(i => new Document($"A story of {i}.", LogProbability: -Math.Log(1000) - i)).ToList();

        var prepared = Prepare(new ListCorpus(documents), fraction: 0.2);

        var measured = Documents(prepared.ValidationPath, prepared.TokenizerPath).Select(text => documents.Single(document => document.Text == text)).ToList();
        Assert.Equal(-measured.Sum(document => document.LogProbability!.Value) / prepared.Info.ValidationTokens, prepared.Info.EntropyFloor!.Value, tolerance: 1e-9);
    }

    [Fact]
    public void Prepare_TheSameAgain_FindsWhatIsThere()
    {
        var corpus = new ListCorpus([.. Enumerable.Range(0, 200).Select(i => new Document($"Document {i} is here."))]);
        var first = Prepare(corpus);
        var written = File.GetLastWriteTimeUtc(first.TrainPath);
        var stages = new List<string>();

        var second = Prepare(corpus, progress: (stage, _) => stages.Add(stage));

        Assert.Equal(first, second);
        Assert.Equal(written, File.GetLastWriteTimeUtc(second.TrainPath));
        Assert.Empty(stages);
    }

    [Fact]
    public void Prepare_OtherTextUnderTheSameId_IsAnotherDataset()
    {
        var first = Prepare(new ListCorpus([.. Enumerable.Range(0, 200).Select(i => new Document($"Document {i} is here."))]));
        var second = Prepare(new ListCorpus([.. Enumerable.Range(0, 200).Select(i => new Document($"Document {i} was here."))]));

        Assert.NotEqual(first.Info.Id, second.Info.Id);
        Assert.NotEqual(first.Info.Tokenizer, second.Info.Tokenizer);
    }

    [Fact]
    public void Prepare_CancelledInTheMiddle_LeavesNothingThatCountsAndSucceedsLater()
    {
        var corpus = new ListCorpus([.. Enumerable.Range(0, 20_000).Select(i => new Document($"Document {i} is here and tells of {i * 7} things."))]);
        using var cancellation = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => Prepare(corpus, progress: (stage, fraction) =>
        {
            if (stage.StartsWith("Cutting", StringComparison.Ordinal) && fraction > 0) cancellation.Cancel();
        }, ct: cancellation.Token));

        Assert.Empty(Directory.GetDirectories(Datasets));
        Assert.True(Prepare(corpus).Info.TrainTokens > 100_000);
    }

    [Fact]
    public void Prepare_WhereAShardWasCutOff_MakesItAgain()
    {
        var corpus = new ListCorpus([.. Enumerable.Range(0, 200).Select(i => new Document($"Document {i} is here."))]);
        var first = Prepare(corpus);
        File.WriteAllBytes(first.TrainPath, File.ReadAllBytes(first.TrainPath)[..^10]);

        var second = Prepare(corpus);

        Assert.Equal(first.Info, second.Info);
        using var shard = TokenShard.Open(second.TrainPath);
        Assert.Equal(first.Info.TrainTokens, shard.Count);
    }

    [Fact]
    public void Prepare_WhereTheTokenizerWasCutOff_MakesItAgain()
    {
        var corpus = new ListCorpus([.. Enumerable.Range(0, 200).Select(i => new Document($"Document {i} is here."))]);
        var first = Prepare(corpus);
        var whole = File.ReadAllText(first.TokenizerPath);
        File.WriteAllText(first.TokenizerPath, whole[..^100]);

        var second = Prepare(corpus);

        Assert.Equal(first, second);
        Assert.Equal(whole, File.ReadAllText(second.TokenizerPath));
    }

    [Fact]
    public void Prepare_AfterAnotherWasKilled_PassesOverWhatItLeft()
    {
        var corpus = new ListCorpus([.. Enumerable.Range(0, 200).Select(i => new Document($"Document {i} is here."))]);
        var first = Prepare(corpus);
        foreach (var path in (string[])[Path.GetDirectoryName(first.TokenizerPath)!, Path.GetDirectoryName(first.TrainPath)!])
        {
            Directory.Move(path, path + DurableFolder.UnfinishedSuffix);
            foreach (var file in Directory.GetFiles(path + DurableFolder.UnfinishedSuffix)) File.WriteAllBytes(file, File.ReadAllBytes(file)[..10]);
        }

        Assert.Equal(first, Prepare(corpus));
        Assert.DoesNotContain(Directory.GetDirectories(Datasets), path => path.EndsWith(DurableFolder.UnfinishedSuffix, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Prepare_ByTwoAtOnce_GivesBothTheSame()
    {
        var corpus = new ListCorpus([.. Enumerable.Range(0, 5_000).Select(i => new Document($"Document {i} is here."))]);
        var made = 0;
        var ct = TestContext.Current.CancellationToken;

        var prepared = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Prepare(corpus, progress: (_, fraction) => Interlocked.Add(ref made, fraction == 0 ? 1 : 0)), ct)));

        Assert.Equal(prepared[0], prepared[1]);
        Assert.Equal(2, made); // one tokenizer and one dataset, whoever made them
    }

    [Fact]
    public void Prepare_TooLittleText_SaysHowMuchItNeeds()
    {
        var thrown = Assert.Throws<CorpusTooShortException>(() => Prepare(new ListCorpus([new Document("A short text.\nOf two lines.\n")]), context: 64));

        Assert.Contains("need 65", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prepare_TooLargeAVocabulary_SaysWhatTheTextCanGive()
    {
        Assert.Throws<VocabularyTooLargeException>(() => Prepare(new ListCorpus([new Document("A short text.\nOf two lines.\n")]), vocabularySize: 5000));

        Assert.Empty(Directory.GetDirectories(Tokenizers));
    }

    private static List<string> Documents(string shardPath, string tokenizerPath)
    {
        var tokenizer = TextTokenizer.Load(tokenizerPath);
        using var shard = TokenShard.Open(shardPath);
        var tokens = new int[shard.Count];
        shard.Read(0, tokens);
        Assert.Equal(tokenizer.EndOfTextId, tokens[0]);
        var documents = new List<List<int>>();
        foreach (var token in tokens)
        {
            if (token == tokenizer.EndOfTextId) documents.Add([]);
            else documents[^1].Add(token);
        }
        return [.. documents.Select(tokenizer.Decode)];
    }

    private PreparedDataset Prepare(
        ListCorpus corpus, double fraction = 0.05, int vocabularySize = 270, int context = 16, Action<string, double>? progress = null, CancellationToken? ct = null) =>
        DatasetPreparation.Prepare(
            corpus, new DataSpec { Corpus = corpus.Info.Id, ValidationFraction = fraction }, new TokenizerSpec { VocabularySize = vocabularySize },
            context, Tokenizers, Datasets, progress, ct ?? TestContext.Current.CancellationToken);
}
