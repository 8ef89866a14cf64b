using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Tests.Model.Runs;

public class ScalingExperimentTests
{
    [Theory]
    [InlineData(6)]
    [InlineData(10)]
    [InlineData(24 * 60)]
    public void LayOut_OfEqualCompute_FillsTheTimeWithSizesToEitherSideOfTheGuess(double minutes)
    {
        var plan = ScalingExperiment.LayOut(new ExperimentOrder { Minutes = minutes }, Time)!;

        Assert.InRange(plan.Time.TotalMinutes, 0.9 * minutes, minutes);
        Assert.Equal(ScalingExperiment.Computes * ScalingExperiment.Sizes, plan.Runs.Count);
        var curves = IsoFlops.Curves([.. plan.Runs.Select(run => new LossPoint(run.Place.Parameters, run.Place.Tokens, 1 + Math.Pow(Math.Log(run.Place.TokensPerParameter / ScalingExperiment.TokensPerParameter), 2)))]);
        Assert.Equal(ScalingExperiment.Computes, curves.Count);
        Assert.All(curves, curve => Assert.Equal(ScalingExperiment.Sizes, curve.Points.Count));
        Assert.All(plan.Runs, run => Assert.Empty(run.Spec.Validate()));
        Assert.All(plan.Runs, run => Assert.True(run.Spec.Training.Steps >= ExperimentRule.FewestSteps));
        Assert.Contains(plan.Runs, run => run.Place.TokensPerParameter < ScalingExperiment.TokensPerParameter);
        Assert.Contains(plan.Runs, run => run.Place.TokensPerParameter > ScalingExperiment.TokensPerParameter);
    }

    [Fact]
    public void LayOut_OfAGrid_HasEachSizeOnEachAmountOfText()
    {
        var plan = ScalingExperiment.LayOut(new ExperimentOrder { Kind = ExperimentKind.Grid }, Time)!;

        var sizes = plan.Runs.GroupBy(run => run.Place.Parameters).ToList();
        Assert.Equal(ScalingExperiment.Sizes, sizes.Count);
        Assert.All(sizes, size => Assert.Equal(ScalingExperiment.Amounts, size.Count()));
    }

    [Fact]
    public void Runs_OfALayout_ShareTextValidationAndRuleAndEndTheirSchedulesWithTheirTokens()
    {
        var runs = ScalingExperiment.LayOut(new ExperimentOrder(), Time)!.Runs;

        Assert.Single(runs.Select(run => (run.Spec.Data, run.Spec.Tokenizer, run.Spec.Group, run.Spec.Training.LearningRate, run.Spec.Training.Seed)).Distinct());
        Assert.All(runs, run => Assert.Equal(run.Spec.Training.Steps, run.Spec.Training.EvaluationInterval));
        Assert.All(runs, run => Assert.Equal(ExperimentRule.MeasuredTokens, run.Spec.Training.EvaluationBatches * run.Spec.Training.BatchSize * ExperimentRule.Context));
        Assert.True(runs[0].Spec.Data.StoryBytes >= runs.Max(run => run.Place.Tokens) * ExperimentRule.BytesPerToken); // none reads anything twice
        Assert.Equal(runs.OrderBy(run => run.Place.Compute).First().Place.Compute, runs[0].Place.Compute, runs[0].Place.Compute * 0.1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1e40)]
    [InlineData(double.NaN)]
    public void LayOut_OfATimeOutOfRange_IsRefusedInWords(double minutes)
    {
        var refused = Assert.Throws<ArgumentException>(() => ScalingExperiment.LayOut(new ExperimentOrder { Minutes = minutes }, Time));

        Assert.Contains("it must be between 1 and 20,160", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LayOut_OnADeviceTooSlow_IsRefusedInWords() =>
        Assert.Contains("minutes are too short here", Assert.Throws<ArgumentException>(() => ScalingExperiment.LayOut(new ExperimentOrder { Minutes = 2 }, spec => 300 * Time(spec))).Message, StringComparison.Ordinal);

    [Fact]
    public void LayOut_WhereNothingIsKnownOfTheDevice_IsNone() => Assert.Null(ScalingExperiment.LayOut(new ExperimentOrder(), _ => null));

    [Fact]
    public void Repetitions_OfAShortText_TellHowOftenItIsRead()
    {
        var plan = ScalingExperiment.LayOut(new ExperimentOrder { Corpus = "mine", TextBytes = 1_000_000 }, Time)!;

        Assert.Equal(plan.Runs.Max(run => run.Place.Tokens) * ExperimentRule.BytesPerToken / 1e6, plan.Repetitions, 1e-6);
        Assert.InRange(plan.Runs[0].Spec.Data.ValidationFraction, 0.05, 0.1);
    }

    /// <summary>The shape next to the size, and the tokens: within what widths in steps of 8 and whole steps leave.</summary>
    [Theory]
    [InlineData(300_000, 5e6)]
    [InlineData(20e6, 400e6)]
    public void Next_OfASizeAndTokens_KeepsTheRule(double parameters, double tokens)
    {
        var earlier = ScalingExperiment.LayOut(new ExperimentOrder(), Time)!.Runs[^1].Spec;

        var next = ExperimentRule.Next(earlier, parameters, tokens);

        Assert.Empty(next.Validate());
        Assert.Null(next.Group);
        Assert.InRange(ModelArithmetic.ParameterCount(next.Model) / parameters, 0.8, 1.25);
        Assert.Equal(tokens, (double)next.Training.Steps * next.Training.TokensPerStep(next.Model.ContextLength), tokens * 0.01);
        Assert.Equal(ExperimentRule.LearningRate, next.Training.LearningRate);
    }

    [Fact]
    public void Ladder_RisesByStepsThatAParabolaCanUse()
    {
        var sizes = ExperimentRule.Ladder.Select(shape => (double)ModelArithmetic.ParameterCount(shape)).ToList();

        Assert.All(ExperimentRule.Ladder, shape => Assert.Empty(shape.Validate()));
        Assert.All(sizes.Zip(sizes.Skip(1)), pair => Assert.InRange(pair.Second / pair.First, 1.3, 2.5));
    }

    /// <summary>30 GFLOP/s for wide models, half of it at a width of 64.</summary>
    private static TimeSpan? Time(RunSpec spec) => TimeSpan.FromSeconds(
        ModelArithmetic.FlopsPerToken(spec.Model) * spec.Training.Steps * spec.Training.TokensPerStep(spec.Model.ContextLength) / (30e9 * spec.Model.EmbeddingSize / (spec.Model.EmbeddingSize + 64.0)));
}
