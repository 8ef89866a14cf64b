using System.Globalization;
using TinyLM.Model.Architectures;
using TinyLM.Model.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Benchmarks;

// R = rows (tokens in a batch), C = embedding size, M = width inside the feed-forward layer, V = vocabulary, N = parameters

/// <summary>Forward and backward beside libtorch's own matrix products of the same shapes and type, and the optimizer beside a copy of memory; one thread.</summary>
internal static class TrainingLimits
{
    private const int Rounds = 3;

    /// <summary>Prints both tables.</summary>
    public static void Run()
    {
        set_num_threads(1);
        Console.WriteLine("| shape | type | forward and backward | its products alone | share |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var shape in TrainingShape.All)
            foreach (var precision in StepTiming.Precisions)
            {
                var products = Products(shape, precision == TrainingPrecision.Bf16 ? bfloat16 : float32);
                using var timing = new StepTiming(shape.Model, new TrainingConfig { BatchSize = shape.Batch }, threads: 1, precision);
                var passes = timing.FastestPasses(Rounds);
                Print($"| {shape.Name} | {precision} | {passes:F0} ms | {products:F0} ms | {products / passes:P0} |");
            }

        Console.WriteLine();
        Console.WriteLine("| shape | optimizer with clipping | copy of as many bytes | times | part of the fp32 step |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var shape in TrainingShape.All)
        {
            var (optimizer, copy) = (Optimizer(shape.Model), Copy(ModelArithmetic.ParameterCount(shape.Model)));
            using var timing = new StepTiming(shape.Model, new TrainingConfig { BatchSize = shape.Batch }, threads: 1, TrainingPrecision.Fp32);
            Print($"| {shape.Name} | {optimizer:F2} ms | {copy:F2} ms | {optimizer / copy:F2} | {optimizer / timing.FastestStep(Rounds):P1} |");
        }
    }

    /// <summary>Milliseconds of the products of a step: each linear layer and the head forward, and twice backward; attention of whole squares.</summary>
    private static double Products(TrainingShape shape, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var model = shape.Model;
        long rows = (long)shape.Batch * model.ContextLength;
        long width = model.EmbeddingSize;
        long inner = model.ActualFeedForwardSize;
        var block = Layer(rows, width, width + 2 * model.KeyValueSize, type) + Layer(rows, width, width, type) + Layer(rows, width, inner, type) + Layer(rows, inner, width, type);
        var attention = Attention((long)shape.Batch * model.HeadCount, model.ContextLength, model.HeadSize, type);
        return model.LayerCount * (block + attention) + Layer(rows, width, model.VocabularySize, type);
    }

    private static double Layer(long rows, long inputs, long outputs, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var (x, weight, gradient) = (ones([rows, inputs], type), ones([outputs, inputs], type), ones([rows, outputs], type));
        return Time(() => x.mm(weight.t())) + Time(() => gradient.mm(weight)) + Time(() => gradient.t().mm(x));
    }

    /// <summary>Scores and their product with the values, and twice as much backward.</summary>
    private static double Attention(long heads, long length, long size, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var (query, scores) = (ones([heads, length, size], type), ones([heads, length, length], type));
        return 3 * (Time(() => query.bmm(query.transpose(1, 2))) + Time(() => scores.bmm(query)));
    }

    private static double Time(Func<Tensor> product) => StepTiming.Fastest(Rounds, () =>
    {
        using var scope = NewDisposeScope();
        product();
    });

    /// <summary>AdamW with clipping over all weights.</summary>
    private static double Optimizer(ModelConfig model)
    {
        using var parameters = new FlatParameters(ModelLayout.WeightsOf(model), CPU);
        using var team = new WorkerTeam(1, () => { });
        using var optimizer = new CpuOptimizer(parameters, new AdamWSettings(0.9, 0.95, 1e-8, 0.1), muon: null, team, []);
        var step = 0;
        return StepTiming.Fastest(Rounds, () => optimizer.Step(++step, 1e-3, gradientScale: 1, clip: 1, readNorm: true));
    }

    /// <summary>A copy that reads and writes what one pass does: weights, gradients and two moments read, all but the gradients written.</summary>
    private static double Copy(long parameters)
    {
        var numbers = parameters * 7 / 2;
        using var scope = NewDisposeScope();
        var (source, target) = (ones(numbers, float32), zeros(numbers, float32));
        return StepTiming.Fastest(Rounds, () => target.copy_(source));
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
