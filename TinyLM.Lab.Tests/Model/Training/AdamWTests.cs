using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Training;
using static TorchSharp.torch;

namespace TinyLM.Lab.Tests.Model.Training;

[Collection(TorchTests.Name)]
public class AdamWTests
{
    /// <summary>fp32 against double precision over some steps, relative to the size of the step.</summary>
    private const double Tolerance = 2e-6;

    private static readonly AdamWSettings s_settings = new(0.9, 0.95, 1e-8, 0.1);

    [Theory]
    [InlineData(true, 0.0, false)]
    [InlineData(true, 0.5, false)]
    [InlineData(true, 0.5, true)]
    [InlineData(false, 0.0, false)]
    [InlineData(false, 0.5, false)]
    [InlineData(false, 0.5, true)]
    public void Step_AFewSteps_EqualsTheFormulaInDoublePrecision(bool managed, double clip, bool decayEverything)
    {
        const int Steps = 6;
        const double GradientScale = 0.25;
        var settings = s_settings with { DecayEverything = decayEverything };
        using var parameters = new FlatParameters(ModelLayout.WeightsOf(TrainingRuns.TinyModel), CPU);
        using var team = new WorkerTeam(2, () => { });
        using IOptimizer optimizer = managed ? new CpuOptimizer(parameters, settings, muon: null, team, []) : new DeviceOptimizer(parameters, settings, muon: null);
        var random = new Random(3);
        foreach (ref var value in TensorMemory.Floats(parameters.Values)) value = random.NextSingle() - 0.5f;
        var weights = TensorMemory.Floats(parameters.Values).ToArray().Select(value => (double)value).ToArray();
        var (first, second) = (new double[weights.Length], new double[weights.Length]);

        for (var step = 1; step <= Steps; step++)
        {
            foreach (ref var value in TensorMemory.Floats(parameters.Gradients)) value = (random.NextSingle() - 0.5f) * 0.1f;
            var gradients = TensorMemory.Floats(parameters.Gradients).ToArray().Select(value => value * GradientScale).ToArray();
            var expectedNorm = Math.Sqrt(gradients.Sum(g => g * g));
            var scale = clip > 0 && expectedNorm > clip ? clip / expectedNorm : 1;
            var rate = 0.01 * step;

            var norm = optimizer.Step(step, rate, GradientScale, clip, readNorm: true);

            Assert.Equal(expectedNorm, norm!.Value, 1e-5 * expectedNorm);
            for (var i = 0; i < weights.Length; i++)
            {
                var g = gradients[i] * scale;
                first[i] = 0.9 * first[i] + 0.1 * g;
                second[i] = 0.95 * second[i] + 0.05 * g * g;
                var decay = decayEverything || i < parameters.MatrixCount ? 1 - rate * 0.1 : 1;
                weights[i] = weights[i] * decay
                    - rate * (first[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(second[i] / (1 - Math.Pow(0.95, step))) + 1e-8);
            }
            Assert.True(TensorMemory.Floats(parameters.Gradients).IndexOfAnyExcept(0f) < 0, "The gradients are cleared for the next step.");
        }

        var found = TensorMemory.Floats(parameters.Values).ToArray();
        var worst = weights.Zip(found, (a, b) => Math.Abs(a - b)).Max();
        Assert.InRange(worst, 0, Tolerance);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Step_NormIsNoNumber_LeavesWeightsAndMoments(bool managed)
    {
        using var parameters = new FlatParameters(ModelLayout.WeightsOf(TrainingRuns.TinyModel), CPU);
        using var team = new WorkerTeam(2, () => { });
        using IOptimizer optimizer = managed ? new CpuOptimizer(parameters, s_settings, muon: null, team, []) : new DeviceOptimizer(parameters, s_settings, muon: null);
        TensorMemory.Floats(parameters.Values).Fill(0.5f);
        TensorMemory.Floats(parameters.Gradients)[7] = float.NaN;

        var norm = optimizer.Step(1, 0.1, 1, 1, readNorm: true);

        Assert.True(double.IsNaN(norm!.Value));
        Assert.All(TensorMemory.Floats(parameters.Values).ToArray(), value => Assert.Equal(0.5f, value));
        var state = new Dictionary<string, WeightTensor>();
        optimizer.ReadState(state);
        Assert.Equal(2 * parameters.Weights.Count, state.Count);
        Assert.All(state.Values, moments => Assert.True(moments.Values.Span.IndexOfAnyExcept(0f) < 0));
    }
}
