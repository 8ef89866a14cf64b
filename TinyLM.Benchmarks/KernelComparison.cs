using System.Globalization;
using TinyLM.Model.Training;

namespace TinyLM.Benchmarks;

/// <summary>A step with the managed kernels beside one with libtorch's functions, on one thread.</summary>
internal static class KernelComparison
{
    private const int Rounds = 5;

    /// <summary>Prints a table.</summary>
    public static void Run()
    {
        Console.WriteLine("| shape | type | libtorch's functions | managed kernels | times |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var shape in TrainingShape.All.Take(2))
            foreach (var precision in StepTiming.Precisions)
            {
                var (plain, managed) = (Step(shape, precision, managed: false), Step(shape, precision, managed: true));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {shape.Name} | {precision} | {plain:F0} ms | {managed:F0} ms | {plain / managed:F2} |"));
            }
    }

    private static double Step(TrainingShape shape, TrainingPrecision precision, bool managed)
    {
        using var timing = new StepTiming(shape.Model, new TrainingConfig { BatchSize = shape.Batch }, threads: 1, precision, managed);
        return timing.FastestStep(Rounds);
    }
}
