using BenchmarkDotNet.Attributes;
using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Training;

namespace TinyLM.Benchmarks;

// B = batch, T = context length

/// <summary>One optimizer step of the quick preset on the processor: B 16, T 128, so 2,048 tokens.</summary>
public class TrainingBenchmarks : IDisposable
{
    private const int TextBytes = 2_000_000;

    private readonly TrainingConfig _training = RunPresets.Quick.Spec.Training;
    private int[] _tokens = [];
    private Trainer? _trainer;
    private int _step;

    /// <summary>fp32 products.</summary>
    [GlobalSetup(Target = nameof(Fp32OneThread))]
    public void PrepareFp32OneThread() => Prepare(TrainingPrecision.Fp32, 1);

    /// <summary>fp32 products, the batch shared by two threads.</summary>
    [GlobalSetup(Target = nameof(Fp32TwoThreads))]
    public void PrepareFp32TwoThreads() => Prepare(TrainingPrecision.Fp32, 2);

    /// <summary>bf16 products.</summary>
    [GlobalSetup(Target = nameof(Bf16OneThread))]
    public void PrepareBf16OneThread() => Prepare(TrainingPrecision.Bf16, 1);

    /// <summary>bf16 products, the batch shared by two threads.</summary>
    [GlobalSetup(Target = nameof(Bf16TwoThreads))]
    public void PrepareBf16TwoThreads() => Prepare(TrainingPrecision.Bf16, 2);

    /// <summary>A step.</summary>
    /// <returns>Its loss.</returns>
    [Benchmark(Baseline = true)]
    public double Fp32OneThread() => Step();

    /// <inheritdoc cref="Fp32OneThread"/>
    [Benchmark]
    public double Fp32TwoThreads() => Step();

    /// <inheritdoc cref="Fp32OneThread"/>
    [Benchmark]
    public double Bf16OneThread() => Step();

    /// <inheritdoc cref="Fp32OneThread"/>
    [Benchmark]
    public double Bf16TwoThreads() => Step();

    /// <summary>Joins the trainer's threads before the process can end.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _trainer?.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Prepare(TrainingPrecision precision, int threads)
    {
        var model = RunPresets.Quick.Spec.Model;
        var texts = StoryTexts.Read(TextBytes);
        var tokenizer = TextTokenizer.Create(StoryTexts.Train(texts));
        var tokens = new List<int>();
        foreach (var text in texts)
        {
            tokens.Add(tokenizer.EndOfTextId);
            tokenizer.Encode(text, tokens);
        }

        _tokens = [.. tokens];
        _trainer = new Trainer(model, _training, new TrainingPlan { Device = "cpu", Threads = threads, Precision = precision });
        _trainer.Load(ModelInitializer.Create(model, _training.Seed));
    }

    private double Step() => _trainer!.Step(++_step, Fill, read: true)!.Loss;

    private void Fill(Span<int> inputs, Span<int> targets)
    {
        var windows = (_tokens.Length - 1) / inputs.Length;
        var window = _tokens.AsSpan(_step % windows * inputs.Length, inputs.Length + 1);
        window[..^1].CopyTo(inputs);
        window[1..].CopyTo(targets);
    }
}
