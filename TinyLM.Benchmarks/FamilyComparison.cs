using System.Globalization;
using TinyLM.Model.Architectures;
using TinyLM.Model.Training;

namespace TinyLM.Benchmarks;

/// <summary>Tokens a second of a Llama beside a GPT-2 of the same width, depth and context, in turns on one thread.</summary>
internal static class FamilyComparison
{
    private const int Rounds = 4;

    /// <summary>Prints a table.</summary>
    public static void Run()
    {
        Console.WriteLine("| shape | type | GPT-2 | Llama | Llama, grouped queries | times | for parameters |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var shape in TrainingShape.All.Take(2))
            foreach (var precision in StepTiming.Precisions)
            {
                var llama = shape.Model with { Family = ModelFamily.Llama };
                var models = (ModelConfig[])[shape.Model, llama, llama with { KeyValueHeadCount = shape.Model.HeadCount / 2 }];
                var rates = models.Select(model => Rate(shape, model, precision)).ToList();
                var parameters = ModelArithmetic.ParameterCount(llama) / (double)ModelArithmetic.ParameterCount(shape.Model);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {shape.Name} | {precision} | {rates[0]:F0} tokens/s | {rates[1]:F0} | {rates[2]:F0} | {rates[1] / rates[0]:F2} | {parameters:F2} |"));
            }
    }

    private static double Rate(TrainingShape shape, ModelConfig model, TrainingPrecision precision)
    {
        using var timing = new StepTiming(model, new TrainingConfig { BatchSize = shape.Batch }, threads: 1, precision);
        return 1000.0 * shape.Batch * model.ContextLength / timing.FastestStep(Rounds);
    }
}
