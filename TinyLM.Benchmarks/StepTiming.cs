using System.Diagnostics;
using System.Runtime.Intrinsics;
using TinyLM.Model.Architectures;
using TinyLM.Model.Training;

namespace TinyLM.Benchmarks;

/// <summary>A model in training on tokens made up, to be timed.</summary>
internal sealed class StepTiming : IDisposable
{
    private readonly ModelConfig _shape;
    private readonly Random _random = new(1);
    private int _step;

    /// <param name="shape">Of the model.</param>
    /// <param name="config">Batch and all else.</param>
    /// <param name="threads">Of the processor.</param>
    /// <param name="precision">Of the products.</param>
    /// <param name="managed">As the trainer has it: null takes the managed kernels where they are fast.</param>
    public StepTiming(ModelConfig shape, TrainingConfig config, int threads, TrainingPrecision precision, bool? managed = null)
    {
        _shape = shape;
        Trainer = new Trainer(shape, config with { Steps = 1_000_000, WarmupSteps = 1000 }, new TrainingPlan { Device = "cpu", Threads = threads, Precision = precision }, managed);
        Trainer.Load(ModelInitializer.Create(shape, seed: 1));
    }

    /// <summary>Number formats to time: bf16 only where the processor may have it.</summary>
    public static TrainingPrecision[] Precisions => Vector512.IsHardwareAccelerated ? [TrainingPrecision.Fp32, TrainingPrecision.Bf16] : [TrainingPrecision.Fp32];

    /// <summary>The model in training.</summary>
    public Trainer Trainer { get; }

    /// <summary>Does a step.</summary>
    public void Step() => Trainer.Step(++_step, Fill, read: true);

    /// <summary>Milliseconds of the fastest of some steps.</summary>
    public double FastestStep(int rounds) => Fastest(rounds, Step);

    /// <summary>The same of forward and backward alone.</summary>
    public double FastestPasses(int rounds) => Fastest(rounds, () =>
    {
        Trainer.ComputeGradients(Fill);
        Trainer.ClearGradients();
    });

    /// <summary>Milliseconds of the fastest round, after one that does not count.</summary>
    public static double Fastest(int rounds, Action round)
    {
        round();
        var fastest = double.PositiveInfinity;
        for (var i = 0; i < rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            round();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return fastest;
    }

    /// <summary>Joins the trainer's threads.</summary>
    public void Dispose() => Trainer.Dispose();

    private void Fill(Span<int> inputs, Span<int> targets)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = _random.Next(_shape.VocabularySize);
            targets[i] = (inputs[i] * 7 + 3) % _shape.VocabularySize;
        }
    }
}
