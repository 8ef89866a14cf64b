using Microsoft.Extensions.Logging.Abstractions;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Library;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Architectures;
using TinyLM.Model.Corpora;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Lab.Inspection;

/// <summary><see cref="TrainingTexts"/> over shards that a worker prepared, against the batches that it would train on.</summary>
public sealed class TrainingTextsTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly FakeRunService _runs = new();
    private readonly TrainingTexts _texts;

    public TrainingTextsTests() => _texts = new TrainingTexts(
        _temp.Directory, _runs, new TokenizerLibrary(_temp.Directory, new FakeCorpusLibrary(), TimeProvider.System, NullLogger<TokenizerLibrary>.Instance), new FakeModelHost());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(DataOrder.Shuffled)]
    [InlineData(DataOrder.Documents)]
    [InlineData(DataOrder.Sequential)]
    public async Task FirstBatch_OfARun_IsWhatItsWorkerReadFirst(DataOrder order)
    {
        using var material = Prepare(order);
        var inputs = new int[4 * 24];
        material.NextBatch(inputs, new int[inputs.Length]);
        var tokenizer = TextTokenizer.Load(material.TokenizerPath!);

        var batch = await _texts.ReadFirstBatchAsync("r", Cancellation);

        Assert.Equal((24, 4), (batch.SequenceLength, batch.Rows.Count));
        foreach (var (row, tokens) in batch.Rows.Zip(inputs.Chunk(24)))
        {
            Assert.Equal(24, row.Sum(part => part.TokenCount));
            Assert.Equal(tokens.Count(token => token == tokenizer.EndOfTextId), row.Count(part => part.BeginsDocument));
            Assert.Equal(tokenizer.Decode(tokens.Where(token => token != tokenizer.EndOfTextId)), string.Concat(row.Select(part => part.Text)));
        }
        Assert.Contains(batch.Rows.SelectMany(row => row), part => part.BeginsDocument);
    }

    [Fact]
    public async Task ValidationDocument_ByNumber_IsOneOfTheCorpusWholeOrCut()
    {
        using var material = Prepare(DataOrder.Shuffled);
        var tokenizer = TextTokenizer.Load(material.TokenizerPath!);
        var all = Documents().ToHashSet();

        var first = (await _texts.ReadValidationDocumentAsync("r", 0, 1000, Cancellation))!;
        var second = (await _texts.ReadValidationDocumentAsync("r", 1, 1000, Cancellation))!;
        var cut = (await _texts.ReadValidationDocumentAsync("r", 1, 5, Cancellation))!;

        Assert.Equal(tokenizer.EndOfTextId, first[0]);
        Assert.Contains(tokenizer.Decode(first.Skip(1)), all);
        Assert.Contains(tokenizer.Decode(second.Skip(1)), all);
        Assert.NotEqual(first, second);
        Assert.Equal(second.Take(5), cut);
        Assert.Null(await _texts.ReadValidationDocumentAsync("r", 100_000, 10, Cancellation));
    }

    [Fact]
    public async Task Reading_ShardsThatAreGone_SaysSo()
    {
        Prepare(DataOrder.Shuffled).Dispose();
        Directory.Delete(_temp.Directory.DatasetsPath, recursive: true);

        var thrown = await Assert.ThrowsAsync<TrainingTextException>(() => _texts.ReadFirstBatchAsync("r", Cancellation));

        Assert.Contains("cannot be read", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_BeforeTheDataAreReady_SaysSo()
    {
        _runs.Add(TestRuns.Summary("r", RunStatus.Preparing));

        Assert.Contains("not ready", (await Assert.ThrowsAsync<TrainingTextException>(() => _texts.ReadFirstBatchAsync("r", Cancellation))).Message, StringComparison.Ordinal);
        Assert.Contains("no run", (await Assert.ThrowsAsync<TrainingTextException>(() => _texts.ReadFirstBatchAsync("q", Cancellation))).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Documents() => Enumerable.Range(0, 200).Select(i => $"The fox number {i} met the owl of year {i * 37 % 100} and went home by the river.");

    private RunMaterial Prepare(DataOrder order)
    {
        var spec = new RunSpec
        {
            Data = new DataSpec { ValidationFraction = 0.1 },
            Tokenizer = new TokenizerSpec { VocabularySize = 300 },
            Model = new ModelConfig { VocabularySize = 300, ContextLength = 24, EmbeddingSize = 8, LayerCount = 1, HeadCount = 1 },
            Training = new TrainingConfig { BatchSize = 4, DataOrder = order, EvaluationBatches = 1, Seed = 9 },
        };
        var material = new CorpusMaterial(new ListCorpus([.. Documents().Select(text => new Document(text))]), _temp.Directory.TokenizersPath, _temp.Directory.DatasetsPath, TimeProvider.System).Open(spec, (_, _) => { }, Cancellation);
        _runs.Add(TestRuns.Summary("r", RunStatus.Running), spec).Add(material.Description);
        return material;
    }
}
