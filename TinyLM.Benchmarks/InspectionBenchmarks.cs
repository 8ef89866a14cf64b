using BenchmarkDotNet.Attributes;
using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;
using TinyLM.Model.Inspection;

namespace TinyLM.Benchmarks;

/// <summary>What the pages on the inside of a model compute, on one thread; the baseline is the ordinary forward pass over the same prompt, which keeps nothing.</summary>
public class InspectionBenchmarks
{
    private LanguageModel _model = null!;
    private int[] _tokens = [];
    private ForwardTrace _trace = null!;

    /// <summary>What is read, and how many tokens.</summary>
    [ParamsSource(nameof(Cases))]
    public InspectionCase Case { get; set; } = InspectionCase.TenMillion;

    /// <summary>All cases.</summary>
    public static IEnumerable<InspectionCase> Cases => [InspectionCase.TenMillion, InspectionCase.Gpt2];

    /// <summary>Random weights and a prompt.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _model = LanguageModel.Create(ModelInitializer.Create(Case.Config, seed: 1));
        _tokens = [.. Enumerable.Range(0, Case.Tokens).Select(i => i * 37 % Case.Config.VocabularySize)];
        _trace = Trace();
    }

    /// <summary>The prompt as a session reads it, with the logits after its last token.</summary>
    [Benchmark(Baseline = true)]
    public float Session() => _model.CreateSession().Append(_tokens)[0];

    /// <summary>The prompt with a trace.</summary>
    [Benchmark]
    public ForwardTrace Trace() => ForwardTrace.Run(_model, _tokens);

    /// <summary>The attention of every head.</summary>
    [Benchmark]
    public float AllHeads()
    {
        var sum = 0f;
        for (var layer = 0; layer < Case.Config.LayerCount; layer++)
            for (var head = 0; head < Case.Config.HeadCount; head++) sum += _trace.Attention(layer, head).Values[0];
        return sum;
    }

    /// <summary>The attention of one head from a window of 128 tokens.</summary>
    [Benchmark]
    public float Window() => _trace.Attention(1, 2, 0, Math.Min(128, Case.Tokens)).Values[0];

    /// <summary>The mean loss over the prompt.</summary>
    [Benchmark]
    public double Loss() => InterventionStudy.MeanLoss(_trace);

    /// <summary>Every intermediate of two blocks, one after the other.</summary>
    [Benchmark]
    public int TwoBlocks() => _trace.Block(0).Layer + _trace.Block(1).Layer;

    /// <summary>Surprise and doubt at a window of 128 tokens.</summary>
    [Benchmark]
    public int Figures() => PromptFigures.Measure(_trace, 0, Math.Min(128, Case.Tokens)).Count;

    /// <summary>The logit lens over a window of 32 tokens.</summary>
    [Benchmark]
    public int Lens() => LogitLens.Read(_trace, 0, 32).Length;

    /// <summary>The map of the embeddings.</summary>
    [Benchmark]
    public double Map() => new EmbeddingSpace(_model).Map(2).TotalVariance;

    /// <summary>The prompt with a head and a feed-forward layer off.</summary>
    [Benchmark]
    public ForwardTrace Ablated() => _trace.With(
        [new HeadAblation { Layer = 0, Head = 1, HeadSize = Case.Config.HeadSize }, new BranchAblation { Layer = 1, FeedForward = true }]);
}
