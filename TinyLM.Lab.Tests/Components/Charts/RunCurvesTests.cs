using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Components.Charts;

public class RunCurvesTests
{
    [Fact]
    public void Apply_NewSteps_GrowsEveryCurve()
    {
        var feed = new FakeRunFeed(TestRuns.Summary("r", RunStatus.Running)).Train(100);
        var curves = new RunCurves();

        curves.Apply(feed.Read(default));

        Assert.Equal((100, 100, 100, 100, 100), (curves.Training.Count, curves.SmoothedTraining.Count, curves.GradientNorm.Count, curves.LearningRate.Count, curves.Throughput.Count));
        Assert.Equal(new CurvePoint(100, (float)TestRuns.Evaluation(100).Loss), curves.Validation.Points[0]);
    }

    [Fact]
    public void Apply_AfterARewind_HoldsEachStepOnce()
    {
        var feed = new FakeRunFeed(TestRuns.Summary("r", RunStatus.Running)).Train(100);
        var curves = new RunCurves();
        var cursor = Apply(curves, feed, default);
        var version = curves.Training.Version;

        feed.RewindTo(60);
        feed.Add(TestRuns.Step(61, loss: 5));
        Apply(curves, feed, cursor);

        Assert.Equal(61, curves.Training.Count);
        Assert.Equal(new CurvePoint(61, 5), curves.Training.Points[^1]);
        Assert.NotEqual(version, curves.Training.Version);
    }

    [Fact]
    public void Apply_FiguresThatFewStepsTell_HasThemWhereTheyWereTold()
    {
        var feed = new FakeRunFeed(TestRuns.Summary("r", RunStatus.Running));
        for (var step = 1; step <= 20; step++) feed.Add(TestRuns.Step(step) with { UpdateRatio = step % 10 == 0 ? 1e-4 * step : null });
        var curves = new RunCurves(metrics: [StepMetric.UpdateRatio]);

        curves.Apply(feed.Read(default));

        Assert.Equal([new CurvePoint(10, 1e-3f), new CurvePoint(20, 2e-3f)], curves.Of(StepMetric.UpdateRatio).Points.ToArray());
    }

    [Theory]
    [InlineData(HorizontalAxis.Steps, 200, 100)]
    [InlineData(HorizontalAxis.Tokens, 200 * 2048.0, 100 * 2048.0)]
    [InlineData(HorizontalAxis.Flops, 200 * 2048.0 * 3, 100 * 2048.0 * 3)]
    [InlineData(HorizontalAxis.Time, 10, 5)]
    [InlineData(HorizontalAxis.Epochs, 200 * 2048 / 1_900_000.0, 100 * 2048 / 1_900_000.0)]
    public void Apply_OverAnAxis_PutsStepsAndEvaluationsThere(HorizontalAxis axis, double lastStep, double firstEvaluation)
    {
        var feed = new FakeRunFeed(TestRuns.Summary("r", RunStatus.Running)).Train(200);
        var curves = new RunCurves(axis, flopsPerToken: 3);

        curves.Apply(feed.Read(default));

        Assert.Equal(lastStep, curves.Training.Points[^1].X, tolerance: 1e-9);
        Assert.Equal(firstEvaluation, curves.Validation.Points[0].X, tolerance: 1e-9);
    }

    [Fact]
    public void SmoothedTraining_WithoutSmoothing_IsTheLoss()
    {
        var feed = new FakeRunFeed(TestRuns.Summary("r", RunStatus.Running)).Train(50);
        var curves = new RunCurves(smoothing: 0);

        curves.Apply(feed.Read(default));

        Assert.Equal(curves.Training.Points.ToArray(), curves.SmoothedTraining.Points.ToArray());
    }

    [Fact]
    public void SmoothedTraining_OfAConstant_IsThatConstantFromTheStart()
    {
        var curves = Losses(3, 3, 3, 3);

        Assert.All(curves.SmoothedTraining.Points.ToArray(), point => Assert.Equal(3, point.Value, tolerance: 1e-5));
    }

    [Fact]
    public void SmoothedTraining_OfTwoLosses_WeighsTheLaterMore()
    {
        var curves = Losses(1, 3);

        Assert.Equal((0.9 * 1 + 3) / 1.9, curves.SmoothedTraining.Points[1].Value, tolerance: 1e-5); // weights 0.1·0.9 and 0.1
    }

    [Fact]
    public void SmoothedTraining_AfterALossThatIsNoNumber_GoesOn()
    {
        var curves = Losses(2, double.NaN, 2);

        Assert.True(float.IsNaN(curves.SmoothedTraining.Points[1].Value));
        Assert.Equal(2, curves.SmoothedTraining.Points[2].Value, tolerance: 1e-5);
    }

    private static RunFeedCursor Apply(RunCurves curves, FakeRunFeed feed, RunFeedCursor cursor)
    {
        var update = feed.Read(cursor);
        curves.Apply(update);
        return update.Cursor;
    }

    private static RunCurves Losses(params double[] losses)
    {
        var feed = new FakeRunFeed(TestRuns.Summary("r", RunStatus.Running));
        for (var i = 0; i < losses.Length; i++) feed.Add(TestRuns.Step(i + 1, losses[i]));
        var curves = new RunCurves();
        Apply(curves, feed, default);
        return curves;
    }
}
