using System.Diagnostics;
using System.Globalization;
using TinyLM.Model.Architectures;
using TinyLM.Model.Training;

namespace TinyLM.Benchmarks;

/// <summary>Memory of a training beside the formula, and whether it stays; each shape in a process of its own, in fp32 on one thread.</summary>
internal static class TrainingMemory
{
    private const int Early = 20;

    /// <summary>Prints a table; the first shape takes 10,000 steps.</summary>
    public static void Run()
    {
        Console.WriteLine("| shape | formula | after 20 steps | times | at the end | steps |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var (index, shape) in Shapes.Index())
        {
            using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["training", "memory", index.ToString(CultureInfo.InvariantCulture), shape.Steps.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
            Console.Write(process.StandardOutput.ReadToEnd());
            process.WaitForExit();
        }
    }

    /// <summary>Prints the row of one shape.</summary>
    public static void Measure(int index, int steps)
    {
        var shape = Shapes[index];
        using (var small = new StepTiming(new ModelConfig { VocabularySize = 64, ContextLength = 16, EmbeddingSize = 32, LayerCount = 1 }, new TrainingConfig { BatchSize = 1 }, 1, TrainingPrecision.Fp32))
            for (var i = 0; i < 50; i++) small.Step(); // libtorch, and what the compiler makes
        var before = Resident();
        using var timing = new StepTiming(shape.Model, new TrainingConfig { BatchSize = shape.Batch }, threads: 1, TrainingPrecision.Fp32);
        for (var i = 0; i < Early; i++) timing.Step();
        var early = Resident();
        for (var i = Early; i < steps; i++) timing.Step();
        var late = Resident();
        var expected = WorkerMemory.Of(shape.Model, shape.Batch, sequenceLength: 0, recomputes: false, threads: 1);
        var formula = expected.Total - WorkerMemory.Base - expected.Checkpoint; // libtorch stands already, and nothing is saved
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {shape.Name} | {formula / 1e6:F0} MB | {(early - before) / 1e6:F0} MB | {(early - before) / (double)formula:F2} | {(late - before) / 1e6:F0} MB | {steps} |"));
    }

    private static TrainingShape[] Shapes { get; } =
    [
        new("V 512, T 64, C 64, L 2, B 1", new ModelConfig { VocabularySize = 512, ContextLength = 64, EmbeddingSize = 64, LayerCount = 2 }, 1, 10_000),
        .. TrainingShape.All.Select(shape => shape with { Steps = 25 }),
    ];

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Process.GetCurrentProcess().WorkingSet64;
    }
}
