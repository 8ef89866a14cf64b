using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;
using TinyLM.Model.Training;

namespace TinyLM.Benchmarks;

/// <summary>Reading tokens on one thread: one in the middle of the context, and a prompt of 64 from its start.</summary>
/// <remarks>
/// Two measures in the same run: libtorch doing the same (its logits are compared first), and reading as many bytes as the
/// weights, from the same level of the memory, which no decoder of fp32 weights can beat.
/// </remarks>
public class DecodingBenchmarks : IDisposable
{
    /// <summary>Two fp32 forward passes with sums in different orders, relative to the largest logit.</summary>
    private const float LogitTolerance = 1e-4f;

    private const int PromptLength = 64;

    private int[] _context = [];
    private InferenceSession? _session;
    private TorchDecoder? _torch;
    private AlignedFloats? _memory;
    private float[] _logits = [];

    /// <summary>What is decoded with.</summary>
    [ParamsSource(nameof(Shapes))]
    public ModelShape Shape { get; set; } = ModelShape.Quick;

    /// <summary>All shapes.</summary>
    public static IEnumerable<ModelShape> Shapes => [ModelShape.Quick, ModelShape.Small, ModelShape.Gpt2];

    /// <summary>Random weights, and a context that is read up to its middle.</summary>
    [GlobalSetup(Targets = [nameof(Token), nameof(Prompt)])]
    public void PrepareManaged()
    {
        _context = Enumerable.Range(0, Shape.Config.ContextLength / 2).Select(i => i * 37 % Shape.Config.VocabularySize).ToArray();
        _session = LanguageModel.Create(ModelInitializer.Create(Shape.Config, seed: 1)).CreateSession();
        _session.Append(_context);
    }

    /// <summary>The same for libtorch; refuses to measure what computes something else.</summary>
    [GlobalSetup(Targets = [nameof(TokenByTorch), nameof(PromptByTorch)])]
    public void PrepareTorch()
    {
        PrepareManaged();
        TorchRuntime.Prepare(threads: 1);
        _torch = new TorchDecoder(ModelInitializer.Create(Shape.Config, seed: 1));
        _logits = new float[Shape.Config.VocabularySize];
        _torch.Append(_context, 0, _logits);
        Compare(_session!.Append([1]), TokenByTorch);
        _session.Rewind(0);
        Compare(_session.Append(_context.AsSpan(0, PromptLength)), PromptByTorch);
        _session = null;
    }

    /// <summary>Memory of the size of the weights.</summary>
    [GlobalSetup(Target = nameof(ReadWeights))]
    public void PrepareMemory()
    {
        _memory = new AlignedFloats(Shape.WeightsPerToken);
        _memory.Span.Fill(1);
    }

    /// <summary>A token, its keys and values, and the logits after it.</summary>
    /// <returns>A logit.</returns>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Token")]
    public float Token()
    {
        _session!.Rewind(_context.Length);
        return _session.Append([1])[0];
    }

    /// <summary>The same by libtorch.</summary>
    /// <returns>A logit.</returns>
    [Benchmark]
    [BenchmarkCategory("Token")]
    public float TokenByTorch()
    {
        _torch!.Append([1], _context.Length, _logits);
        return _logits[0];
    }

    /// <summary>Adds up as many numbers as a token needs weights: the least that a token can take.</summary>
    /// <returns>The sum.</returns>
    [Benchmark]
    [BenchmarkCategory("Token")]
    public float ReadWeights() => TensorPrimitives.Sum<float>(_memory!.Span);

    /// <summary>64 tokens in one block, and the logits after the last.</summary>
    /// <returns>A logit.</returns>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Prompt")]
    public float Prompt()
    {
        _session!.Rewind(0);
        return _session.Append(_context.AsSpan(0, PromptLength))[0];
    }

    /// <summary>The same by libtorch.</summary>
    /// <returns>A logit.</returns>
    [Benchmark]
    [BenchmarkCategory("Prompt")]
    public float PromptByTorch()
    {
        _torch!.Append(_context.AsSpan(0, PromptLength), 0, _logits);
        return _logits[0];
    }

    /// <summary>Gives libtorch's memory back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _torch?.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Compare(ReadOnlySpan<float> expected, Func<float> byTorch)
    {
        byTorch();
        var tolerance = LogitTolerance * Math.Abs(TensorPrimitives.MaxMagnitude(expected));
        for (var id = 0; id < expected.Length; id++)
        {
            if (!(Math.Abs(expected[id] - _logits[id]) <= tolerance))
                throw new InvalidOperationException($"Logit {id} is {expected[id]} managed and {_logits[id]} by libtorch; they compute different models.");
        }
    }
}
