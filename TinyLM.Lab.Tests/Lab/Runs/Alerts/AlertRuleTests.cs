using TinyLM.Lab.Runs.Alerts;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs.Alerts;

public class AlertRuleTests
{
    [Fact]
    public void RunningSpread_OfManyNumbers_HasTheirMeanAndDeviation()
    {
        var spread = new RunningSpread(0.005);
        var random = new Random(1);

        for (var i = 0; i < 20_000; i++) spread.Add(3 + Math.Sqrt(12) * 0.5 * (random.NextDouble() - 0.5)); // uniform: deviation 0.5

        Assert.Equal(3, spread.Mean, tolerance: 0.1);
        Assert.Equal(0.5, spread.Deviation, tolerance: 0.05);
    }

    [Fact]
    public void NotFinite_Step_IsToldWithItsLearningRate()
    {
        var alert = Single(new NotFiniteRule(), [TestRuns.Step(1), TestRuns.Step(2, double.NaN) with { LearningRate = 0.5 }]);

        Assert.Equal((AlertKind.NotFinite, 2), (alert.Kind, alert.Step));
        Assert.Contains("at a learning rate of 0.5", alert.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NotFinite_ReasonOfAWorker_IsToldUntilTheRunGoesOn()
    {
        var rule = new NotFiniteRule();
        rule.Add(new StatusEvent { Time = TestRuns.Start, Status = RunStatus.Failed, Step = 7, Reason = "The training diverged: the loss is NaN at step 7." });
        var failed = rule.Current;
        rule.Add(new StatusEvent { Time = TestRuns.Start, Status = RunStatus.Running, Step = 5 });

        Assert.Equal(7, failed!.Step);
        Assert.Null(rule.Current);
    }

    [Fact]
    public void NotFinite_OtherFailure_IsNone() =>
        Assert.Empty(All(new NotFiniteRule(), [new StatusEvent { Time = TestRuns.Start, Status = RunStatus.Failed, Reason = "Memory ran out." }]));

    [Fact]
    public void Spike_FarAboveTheSpread_IsToldAndForgottenInTime()
    {
        var rule = new SpikeRule();
        foreach (var step in Noisy(1, 400)) rule.Add(step);
        var before = rule.Current;
        rule.Add(TestRuns.Step(401, 3.5));
        var spike = rule.Current;
        foreach (var step in Noisy(402, SpikeRule.Memory + 1)) rule.Add(step);

        Assert.Null(before);
        Assert.Equal((AlertKind.Spike, 401), (spike!.Kind, spike.Step));
        Assert.Contains("jumped to 3.500 at step 401", spike.Message, StringComparison.Ordinal);
        Assert.Null(rule.Current);
    }

    [Fact]
    public void Spike_InTheNoiseOfSmallBatches_IsNone() => Assert.Empty(All(new SpikeRule(), Noisy(1, 5000)));

    [Fact]
    public void Spike_InTheFallOfTheFirstSteps_IsNone() => Assert.Empty(All(new SpikeRule(), Enumerable.Range(1, 2000).Select(step => TestRuns.Step(step))));

    [Fact]
    public void Spike_ANewLevel_IsToldAgainAndAgainUntilItIsUsual()
    {
        var rule = new SpikeRule();
        foreach (var step in Noisy(1, 200)) rule.Add(step);

        foreach (var step in Noisy(201, 50, level: 4)) rule.Add(step);

        Assert.InRange(rule.Current!.Step, 203, 220); // some steps in a row, then it is the usual loss
    }

    [Fact]
    public void Plateau_NoMeasurementBelowTheBest_IsTold()
    {
        var alert = Single(new PlateauRule(), [Evaluation(1, 2), .. Enumerable.Range(2, PlateauRule.Patience).Select(step => Evaluation(step, 2 - 0.0001 * step))]);

        Assert.Contains($"below 2.000 in {PlateauRule.Patience} measurements", alert.Message, StringComparison.Ordinal);
        Assert.Contains("larger model", alert.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Plateau_AtTheEntropyOfTheText_SaysThatNothingIsLeft()
    {
        var alert = Single(new PlateauRule(), [TestRuns.Dataset(), .. Enumerable.Range(1, PlateauRule.Patience + 1).Select(step => Evaluation(step, 1.21))]);

        Assert.Contains("nothing left to learn", alert.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Plateau_LossThatFallsSlowly_IsNone() => Assert.Empty(All(new PlateauRule(), Enumerable.Range(1, 50).Select(step => Evaluation(step, 2 * Math.Pow(0.997, step)))));

    [Fact]
    public void Overfitting_ValidationRisesWhileTrainingFalls_IsToldWithTheBestStep()
    {
        var alert = Single(new OverfittingRule(), Losses(training: [2, 1.8, 1.6, 1.4, 1.2], validation: [2, 1.9, 1.95, 2.0, 2.05]));

        Assert.Contains("rose 3 times in a row, to 2.050, while the training loss fell to 1.200", alert.Message, StringComparison.Ordinal);
        Assert.Contains("best at step 20, at 1.900", alert.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Overfitting_BothRise_IsNone() => Assert.Empty(All(new OverfittingRule(), Losses([1, 1.1, 1.2, 1.3, 1.4], [2, 2.1, 2.2, 2.3, 2.4])));

    [Fact]
    public void Overfitting_ARiseWithinTheNoise_IsNone() => Assert.Empty(All(new OverfittingRule(), Losses([2, 1.9, 1.8, 1.7, 1.6], [2, 2.001, 2.002, 2.003, 2.004])));

    [Fact]
    public void Throughput_ThatCollapses_IsToldAndTakenBackWhenItReturns()
    {
        var rule = new ThroughputRule();
        foreach (var step in Speeds(1, 300, 40_000)) rule.Add(step);
        foreach (var step in Speeds(301, 40, 9_000)) rule.Add(step);
        var collapsed = rule.Current;
        foreach (var step in Speeds(341, 40, 39_000)) rule.Add(step);

        Assert.Contains("does 9,000 tokens a second; before, it did 40,000", collapsed!.Message, StringComparison.Ordinal);
        Assert.Null(rule.Current);
    }

    [Fact]
    public void Throughput_SingleSlowSteps_IsNone() =>
        Assert.Empty(All(new ThroughputRule(), Enumerable.Range(1, 600).Select(step => TestRuns.Step(step) with { TokensPerSecond = step % 5 == 0 ? 500 : 40_000 })));

    [Theory]
    [InlineData(400_000_000, 1_000_000, true)] // less than every disk should have
    [InlineData(2_000_000_000, 1_000_000_000, true)] // 3 checkpoints do not fit
    [InlineData(2_000_000_000, 100_000_000, false)]
    public void Disk_WithTooLittleSpace_IsTold(long free, long checkpoint, bool isTold) =>
        Assert.Equal(isTold, All(new DiskRule(checkpoint, () => free), [TestRuns.Checkpoint(5)]).Count == 1);

    private static RunAlert Single(IAlertRule rule, IEnumerable<RunEvent> events) => All(rule, events)[^1];

    private static List<RunAlert> All(IAlertRule rule, IEnumerable<RunEvent> events)
    {
        var alerts = new List<RunAlert>();
        foreach (var happened in events)
        {
            rule.Add(happened);
            if (rule.Current is { } alert) alerts.Add(alert);
        }

        return alerts;
    }

    private static IEnumerable<RunEvent> Noisy(int first, int count, double level = 2)
    {
        var random = new Random(first);
        return Enumerable.Range(first, count).Select(step => TestRuns.Step(step, level + 0.1 * (random.NextDouble() + random.NextDouble() - 1)));
    }

    private static IEnumerable<RunEvent> Speeds(int first, int count, double speed) => Enumerable.Range(first, count).Select(step => TestRuns.Step(step) with { TokensPerSecond = speed });

    private static IEnumerable<RunEvent> Losses(double[] training, double[] validation) =>
        training.Zip(validation).SelectMany((pair, i) => (RunEvent[])[.. Enumerable.Range(10 * i + 1, 10).Select(step => TestRuns.Step(step, pair.First)), Evaluation(10 * (i + 1), pair.Second)]);

    private static EvaluationEvent Evaluation(int step, double loss) => TestRuns.Evaluation(step) with { Loss = loss };
}
