using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Model.Runs;

/// <summary>The rules against their sources' own figures, and what must hold wherever the dial stands.</summary>
public class OneDialTests
{
    public static TheoryData<double> Sizes => [1e5, 2.5e5, 1e6, 3e6, 1e7, 3.3e7, 1.24e8, 1e9];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void OfSize_AnySize_BreaksNoRuleAndIsNearIt(double parameters)
    {
        var spec = OneDial.OfSize(RunPresets.Quick.Spec, parameters);

        Assert.Empty(spec.Validate());
        Assert.InRange(ModelArithmetic.ParameterCount(spec.Model) / parameters, 0.85, 1.18); // narrow models come in wide steps
        Assert.InRange((double)spec.Model.EmbeddingSize / spec.Model.LayerCount, 15, 130);
        var tokens = (double)spec.Training.Steps * spec.Training.TokensPerStep(spec.Model.ContextLength);
        Assert.InRange(tokens / ModelArithmetic.ParameterCount(spec.Model), 19.5, 20.5); // Hoffmann et al. 2022
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void OfSize_OfALlama_BreaksNoRule(double parameters)
    {
        var start = RunPresets.Llamas[0].Spec;

        var spec = OneDial.OfSize(start, parameters);

        Assert.Empty(spec.Validate());
        Assert.Equal((start.Model.Family, start.Model.VocabularySize, start.Model.ContextLength), (spec.Model.Family, spec.Model.VocabularySize, spec.Model.ContextLength));
    }

    [Fact]
    public void Shape_OfGpt2sSize_IsGpt2s()
    {
        var gpt2 = ModelShapes.Find("gpt2-124m")!.Config;

        Assert.Equal(gpt2, OneDial.Shape(gpt2 with { LayerCount = 1, EmbeddingSize = 32, HeadCount = 1 }, 124_439_808));
    }

    [Fact]
    public void Plan_OfAKnownCost_FollowsTheEquation()
    {
        var model = ModelShapes.Find("gpt2-124m")!.Config;
        const double Tokens = 2.5e9;
        const double Compute = Tokens * (72.0 * 12 * 768 * 768 + 12.0 * 12 * 768 * 1024); // 72LC² + 12LCT a token, without biases and norms

        var plan = OneDial.Plan(model, new(), Tokens);

        Assert.Equal(0.2920 * Math.Pow(Compute, 0.3271), plan.TokensPerStep(1024), tolerance: 0.01 * plan.TokensPerStep(1024));
        Assert.Equal(0.3118 * Math.Pow(Compute, -0.1250), plan.LearningRate, tolerance: 0.05 * plan.LearningRate); // to two figures
        Assert.Equal(Tokens / plan.TokensPerStep(1024), plan.Steps, tolerance: 1);
    }

    [Fact]
    public void Plan_WhereMemoryIsShort_TakesTheSameTokensInSeveralPasses()
    {
        var model = ModelShapes.Find("gpt2-124m")!.Config;
        const long Memory = 16_000_000_000;

        var ample = OneDial.Plan(model, new(), 2.5e9);
        var tight = OneDial.Plan(model, new(), 2.5e9, Memory);

        Assert.Equal(1, ample.GradientAccumulation);
        Assert.True(tight.GradientAccumulation > 1);
        Assert.InRange((double)tight.TokensPerStep(1024) / ample.TokensPerStep(1024), 1, 1.1);
        Assert.InRange(ModelArithmetic.TrainingBytes(model, tight.BatchSize, 0), 0, Memory);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(60)]
    [InlineData(1440)]
    public void OfTime_OnADeviceOfKnownSpeed_FillsTheTime(double minutes)
    {
        var spec = OneDial.OfTime(RunPresets.Quick.Spec, TimeSpan.FromMinutes(minutes), Estimate)!;

        Assert.Empty(spec.Validate());
        Assert.Equal(minutes, Estimate(spec)!.Value.TotalMinutes, tolerance: 0.02 * minutes);
        var tokens = (double)spec.Training.Steps * spec.Training.TokensPerStep(spec.Model.ContextLength);
        Assert.InRange(tokens / ModelArithmetic.ParameterCount(spec.Model), 18, 30); // what is left of the time after the step between two shapes
    }

    [Fact]
    public void OfTime_MoreTime_GivesALargerModel()
    {
        long[] sizes = [.. ((double[])[1, 10, 100, 1000]).Select(minutes => ModelArithmetic.ParameterCount(OneDial.OfTime(RunPresets.Quick.Spec, TimeSpan.FromMinutes(minutes), Estimate)!.Model))];

        Assert.Equal(sizes.Order(), sizes);
        Assert.Equal(4, sizes.Distinct().Count());
    }

    [Fact]
    public void OfTime_WhereNothingWasMeasured_IsNotKnown() => Assert.Null(OneDial.OfTime(RunPresets.Quick.Spec, TimeSpan.FromMinutes(5), _ => null));

    /// <summary>A device of 10¹¹ operations a second; more than 300 years are no time, as for the lab's estimator.</summary>
    private static TimeSpan? Estimate(RunSpec spec)
    {
        var seconds = ModelArithmetic.FlopsPerToken(spec.Model) * spec.Training.Steps * spec.Training.TokensPerStep(spec.Model.ContextLength) / 1e11;
        return seconds < 1e10 ? TimeSpan.FromSeconds(seconds) : null;
    }
}
