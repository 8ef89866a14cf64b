using System.Globalization;
using TinyLM.Model.Architectures;
using TinyLM.Model.Training;

namespace TinyLM.Benchmarks;

/// <summary>Time of a token against width, depth, context, batch and vocabulary, one of them at a time, and the arithmetic that it needs.</summary>
internal static class CostCurves
{
    private const int Rounds = 4;

    private static readonly ModelConfig s_middle = new() { VocabularySize = 2048, ContextLength = 128, EmbeddingSize = 128, LayerCount = 4, HeadCount = 4 };

    /// <summary>Prints a table.</summary>
    public static void Run()
    {
        Console.WriteLine("| what | of it | µs a token | MFLOP a token | GFLOP/s |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var width in (int[])[32, 64, 128, 192, 256, 384, 512]) Row("width", width, s_middle with { EmbeddingSize = width, HeadCount = Math.Max(1, width / 32) }, 8);
        foreach (var depth in (int[])[1, 2, 4, 8, 12]) Row("layers", depth, s_middle with { LayerCount = depth }, 8);
        foreach (var context in (int[])[16, 32, 64, 128, 256, 512, 1024, 2048]) Row("context", context, s_middle with { ContextLength = context }, Math.Max(1, 1024 / context));
        foreach (var batch in (int[])[1, 2, 4, 8, 16, 32]) Row("batch", batch, s_middle, batch);
        foreach (var vocabulary in (int[])[256, 1024, 4096, 16_384, 50_257]) Row("vocabulary", vocabulary, s_middle with { VocabularySize = vocabulary }, 8);
    }

    private static void Row(string what, int value, ModelConfig shape, int batch)
    {
        using var timing = new StepTiming(shape, new TrainingConfig { BatchSize = batch }, threads: 1, TrainingPrecision.Fp32);
        var perToken = timing.FastestStep(Rounds) * 1000 / (batch * shape.ContextLength);
        var flops = ModelArithmetic.FlopsPerToken(shape, FlopsConvention.Exact) / 1e6;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {value} | {perToken:F1} | {flops:F2} | {flops / perToken * 1000:F0} |"));
    }
}
