using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Lab.Tests.Model.Training;

/// <summary>Muon against its formulas in double precision, one sum at a time.</summary>
[Collection(TorchTests.Name)]
public class MuonTests
{
    /// <summary>Of an orthogonal update's entries: five steps of the polynomial amplify fp32's rounding up to 3.4⁵ = 485 times. Measured: 3e-5.</summary>
    private const double Tolerance = 3e-4;

    /// <summary>The same in bf16, on average: its 8 bits, amplified where singular values are small.</summary>
    private const double Bf16MeanTolerance = 0.02;

    private static readonly AdamWSettings s_adamW = new(0.9, 0.95, 1e-8, 0.1);

    [Theory]
    [InlineData(24, 24)]
    [InlineData(24, 40)]
    [InlineData(24, 96)]
    [InlineData(96, 24)]
    public void Orthogonalize_RandomMatrices_EqualsTheIterationInDoublePrecision(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        var random = new Random(5);
        var matrices = Enumerable.Range(0, 3).Select(_ => Normalized(RandomMatrix(random, rows, columns))).ToArray();
        var stacked = tensor(matrices.SelectMany(matrix => matrix.Cast<double>()).Select(value => (float)value).ToArray(), [3, rows, columns]);

        var exact = TensorMemory.Floats(NewtonSchulz.Orthogonalize(stacked)).ToArray();
        var rounded = TensorMemory.Floats(NewtonSchulz.Orthogonalize(stacked.to(bfloat16)).to(float32)).ToArray();

        var expected = matrices.SelectMany(matrix => Orthogonalized(matrix).Cast<double>()).ToArray();
        Assert.InRange(expected.Zip(exact, (a, b) => Math.Abs(a - b)).Max(), 0, Tolerance);
        Assert.InRange(expected.Zip(rounded, (a, b) => Math.Abs(a - b)).Average(), 0, Bf16MeanTolerance);
    }

    /// <summary>What the method is for: all singular values about 1, so X·Xᵀ is about the identity.</summary>
    [Fact]
    public void Orthogonalize_WideMatrix_HasSingularValuesAboutOne()
    {
        using var scope = NewDisposeScope();
        var matrix = Normalized(RandomMatrix(new Random(6), 16, 64));
        var x = tensor(matrix.Cast<double>().Select(value => (float)value).ToArray(), [1, 16, 64]);

        var singular = TensorMemory.Floats(linalg.svdvals(NewtonSchulz.Orthogonalize(x)[0])).ToArray();

        Assert.All(singular, value => Assert.InRange(value, 0.65, 1.2));
    }

    [Theory]
    [InlineData(true, MuonScale.Moonlight, 0.0)]
    [InlineData(true, MuonScale.Jordan, 0.5)]
    [InlineData(false, MuonScale.Moonlight, 0.5)]
    [InlineData(false, MuonScale.Jordan, 0.0)]
    public void Step_AFewSteps_EqualsTheFormulasInDoublePrecision(bool managed, MuonScale scale, double clip)
    {
        const double GradientScale = 0.25;
        const double Rate = 0.01;
        var muon = new MuonSettings(RateRatio: 3, Momentum: 0.95, WeightDecay: 0.1, scale, Bf16: false);
        using var parameters = new FlatParameters(ModelLayout.WeightsOf(TrainingRuns.TinyModel), CPU);
        using var team = new WorkerTeam(2, () => { });
        using IOptimizer optimizer = managed ? new CpuOptimizer(parameters, s_adamW, muon, team, []) : new DeviceOptimizer(parameters, s_adamW, muon);
        var random = new Random(3);
        foreach (ref var value in TensorMemory.Floats(parameters.Values)) value = random.NextSingle() - 0.5f;
        var weights = Doubles(parameters.Values);
        var (first, second, momentum) = (new double[weights.Length], new double[weights.Length], new double[weights.Length]);

        for (var step = 1; step <= 4; step++)
        {
            foreach (ref var value in TensorMemory.Floats(parameters.Gradients)) value = (random.NextSingle() - 0.5f) * 0.1f;
            var gradients = Doubles(parameters.Gradients).Select(value => value * GradientScale).ToArray();
            var norm = Math.Sqrt(gradients.Sum(g => g * g));
            if (clip > 0 && norm > clip) gradients = [.. gradients.Select(g => g * clip / norm)];

            optimizer.Step(step, Rate, GradientScale, clip, readNorm: true);

            foreach (var weight in parameters.Weights)
            {
                var offset = (int)parameters.OffsetOf(weight.Name);
                var parts = PartsOf(weight.Name);
                if (parts == 0) AdamW(offset, weight, step);
                for (var part = 0; part < parts; part++) Muon(offset + part * weight.Count / parts, weight.Shape[0] / parts, weight.Shape[1]);
            }
            Assert.True(TensorMemory.Floats(parameters.Gradients).IndexOfAnyExcept(0f) < 0, "The gradients are cleared for the next step.");

            void AdamW(int offset, WeightDefinition weight, int number)
            {
                for (var i = offset; i < offset + weight.Count; i++)
                {
                    first[i] = 0.9 * first[i] + 0.1 * gradients[i];
                    second[i] = 0.95 * second[i] + 0.05 * gradients[i] * gradients[i];
                    weights[i] = weights[i] * (weight.IsMatrix ? 1 - Rate * 0.1 : 1)
                        - Rate * (first[i] / (1 - Math.Pow(0.9, number))) / (Math.Sqrt(second[i] / (1 - Math.Pow(0.95, number))) + 1e-8);
                }
            }

            void Muon(int offset, int rows, int columns)
            {
                var update = new double[rows, columns];
                for (var i = 0; i < rows * columns; i++)
                {
                    ref var m = ref momentum[offset + i];
                    m = 0.95 * m + 0.05 * gradients[offset + i];
                    update[i / columns, i % columns] = 0.95 * m + 0.05 * gradients[offset + i];
                }
                var orthogonal = Orthogonalized(Normalized(update));
                var length = scale == MuonScale.Jordan ? Math.Sqrt(Math.Max(1, (double)rows / columns)) : 0.2 * Math.Sqrt(Math.Max(rows, columns));
                for (var i = 0; i < rows * columns; i++)
                    weights[offset + i] = weights[offset + i] * (1 - 3 * Rate * 0.1) - 3 * Rate * length * orthogonal[i / columns, i % columns];
            }
        }

        // A step moves an entry by 3 · rate · length of the orthogonal matrix's; length is below 3 here.
        Assert.InRange(weights.Zip(Doubles(parameters.Values), (a, b) => Math.Abs(a - b)).Max(), 0, 4 * 3 * Rate * 3 * Tolerance);
    }

    [Fact]
    public void State_HasMomentumForMatricesAndMomentsForTheRest_AndComesBack()
    {
        using var trained = new Trainer(TrainingRuns.TinyModel, Config, TrainingRuns.Exact with { Threads = 2 });
        using var other = new Trainer(TrainingRuns.TinyModel, Config, TrainingRuns.Exact with { Threads = 2 });
        trained.Load(ModelInitializer.Create(TrainingRuns.TinyModel, 1));
        for (var step = 1; step <= 3; step++) trained.Step(step, TrainingRuns.Learnable(300, step), read: true);

        var state = trained.ReadOptimizer();
        other.WriteOptimizer(state);

        Assert.Contains("momentum_buffer.transformer.h.0.attn.c_attn.weight", state.Keys);
        Assert.Contains("exp_avg_sq.transformer.wte.weight", state.Keys);
        Assert.DoesNotContain("exp_avg.transformer.h.0.attn.c_attn.weight", state.Keys);
        Assert.All(state.Values, tensor => Assert.True(tensor.Values.Span.IndexOfAnyExcept(0f) >= 0));
        foreach (var (name, tensor) in other.ReadOptimizer()) Assert.Equal(state[name].Values.ToArray(), tensor.Values.ToArray());
    }

    [Fact]
    public void WriteOptimizer_OfAnotherMethod_IsRefusedInWords()
    {
        using var muon = new Trainer(TrainingRuns.TinyModel, Config, TrainingRuns.Exact);
        using var adamW = new Trainer(TrainingRuns.TinyModel, Config with { Optimizer = TrainingOptimizer.AdamW }, TrainingRuns.Exact);

        var refused = Assert.Throws<CheckpointException>(() => muon.WriteOptimizer(adamW.ReadOptimizer())).Message;

        Assert.Contains("momentum_buffer", refused, StringComparison.Ordinal);
        Assert.Contains("another optimizer", refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TrainingPrecision.Fp32)]
    [InlineData(TrainingPrecision.Bf16)]
    public void Training_SomethingToLearn_LowersTheLossAndKeepsTheNumberOfTensorsFlat(TrainingPrecision precision)
    {
        var shape = TrainingRuns.TinyModel with { VocabularySize = 40 };
        using var trainer = new Trainer(shape, Config with { BatchSize = 16 }, TrainingRuns.Exact with { Precision = precision, Threads = 2 });
        trainer.Load(ModelInitializer.Create(shape, 1));
        var next = TrainingRuns.Learnable(40, 1);
        for (var step = 1; step <= 3; step++) trainer.Step(step, next, read: true);
        var before = TorchTests.CountTensors();

        var losses = Enumerable.Range(4, 77).Select(step => trainer.Step(step, next, read: true)!.Loss).ToList();

        Assert.InRange(losses[^1], 0, 1);
        Assert.Equal(before, Tensor.TotalCount);
    }

    private static TrainingConfig Config { get; } = new()
    {
        Optimizer = TrainingOptimizer.Muon,
        Steps = 100,
        BatchSize = 4,
        LearningRate = 3e-3,
        WarmupSteps = 5,
    };

    /// <summary>Matrices in a weight that are Muon's, by GPT-2's names.</summary>
    private static int PartsOf(string name) =>
        !name.Contains(".h.", StringComparison.Ordinal) || !name.EndsWith(".weight", StringComparison.Ordinal) || name.Contains(".ln_", StringComparison.Ordinal) ? 0
        : name.Contains("c_attn", StringComparison.Ordinal) ? 3
        : 1;

    private static double[] Doubles(Tensor flat) => [.. TensorMemory.Floats(flat).ToArray().Select(value => (double)value)];

    private static double[,] RandomMatrix(Random random, int rows, int columns)
    {
        var matrix = new double[rows, columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) matrix[i, j] = random.NextDouble() - 0.5;
        return matrix;
    }

    private static double[,] Normalized(double[,] x)
    {
        var norm = Math.Sqrt(x.Cast<double>().Sum(value => value * value));
        return Map(x, value => value / norm);
    }

    /// <summary>Five times aX + (bA + cA²)X with A = XXᵀ, the shorter side first.</summary>
    private static double[,] Orthogonalized(double[,] x)
    {
        if (x.GetLength(0) > x.GetLength(1)) return Transposed(Orthogonalized(Transposed(x)));
        for (var step = 0; step < 5; step++)
        {
            var gram = Product(x, Transposed(x));
            var square = Product(gram, gram);
            var polynomial = Sum(Map(gram, value => -4.7750 * value), Map(square, value => 2.0315 * value));
            x = Sum(Map(x, value => 3.4445 * value), Product(polynomial, x));
        }
        return x;
    }

    private static double[,] Product(double[,] a, double[,] b)
    {
        var product = new double[a.GetLength(0), b.GetLength(1)];
        for (var i = 0; i < product.GetLength(0); i++)
            for (var j = 0; j < product.GetLength(1); j++)
                for (var k = 0; k < a.GetLength(1); k++) product[i, j] += a[i, k] * b[k, j];
        return product;
    }

    private static double[,] Transposed(double[,] x)
    {
        var transposed = new double[x.GetLength(1), x.GetLength(0)];
        for (var i = 0; i < x.GetLength(0); i++)
            for (var j = 0; j < x.GetLength(1); j++) transposed[j, i] = x[i, j];
        return transposed;
    }

    private static double[,] Map(double[,] x, Func<double, double> function)
    {
        var mapped = new double[x.GetLength(0), x.GetLength(1)];
        for (var i = 0; i < x.GetLength(0); i++)
            for (var j = 0; j < x.GetLength(1); j++) mapped[i, j] = function(x[i, j]);
        return mapped;
    }

    private static double[,] Sum(double[,] x, double[,] y)
    {
        var sum = new double[x.GetLength(0), x.GetLength(1)];
        for (var i = 0; i < x.GetLength(0); i++)
            for (var j = 0; j < x.GetLength(1); j++) sum[i, j] = x[i, j] + y[i, j];
        return sum;
    }
}
