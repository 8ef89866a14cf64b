using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs;

public sealed class RunFeedTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly ManualClock _clock = new();
    private readonly RunFolder _run;
    private readonly RunFeed _feed;

    public RunFeedTests()
    {
        _run = _temp.AddRun("20260101-000000-aaaa", LabOfRuns.Spec(steps: 1000));
        _feed = new RunFeed(RunStore.Read(_run), _clock);
    }

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Read_FromTheStart_GivesAllAndIsAReset()
    {
        Write([TestRuns.Environment(), TestRuns.Dataset(), Status(RunStatus.Running), TestRuns.Step(1), TestRuns.Step(2), TestRuns.Evaluation(2), TestRuns.Sample(2, "x"), TestRuns.Checkpoint(2), TestRuns.Warning("Oh.")]);

        var update = _feed.Read(default);

        Assert.True(update.IsReset);
        Assert.Equal([1, 2], update.Steps.Select(step => step.Step));
        Assert.Single(update.Evaluations);
        Assert.Single(update.Samples);
        Assert.Single(update.Warnings);
        Assert.Single(update.Checkpoints);
        Assert.NotNull(update.Environment);
        Assert.Equal(TestRuns.Dataset(), update.Dataset);
        Assert.Equal((RunStatus.Running, 2, 1000), (update.Summary.Status, update.Summary.Step, update.Summary.Steps));
        Assert.Equal(TestRuns.Step(2).Loss, update.Summary.TrainLoss);
        Assert.Equal(TestRuns.Evaluation(2).Loss, update.Summary.ValidationLoss);
        Assert.Equal(1.2, update.Summary.EntropyFloor);
        Assert.Equal(41_000, update.Summary.TokensPerSecond);
        Assert.Equal(TimeSpan.FromSeconds(50), update.Summary.TimeLeft); // 998 steps of 0.05 s
        Assert.True(update.Summary.HasCheckpoint);
    }

    [Fact]
    public void Read_WithACursor_GivesOnlyWhatIsNew()
    {
        Write([TestRuns.Step(1)]);
        var first = _feed.Read(default);

        var nothing = _feed.Read(first.Cursor);
        Write([TestRuns.Step(2), TestRuns.Sample(2, "x")]);
        _clock.Advance(RunFeed.RefreshInterval);
        var second = _feed.Read(nothing.Cursor);

        Assert.Empty(nothing.Steps);
        Assert.False(nothing.IsReset);
        Assert.Equal([2], second.Steps.Select(step => step.Step));
        Assert.Single(second.Samples);
        Assert.False(second.IsReset);
    }

    [Fact]
    public void Read_ManyReadersWithinTheInterval_LookAtTheDiskOnce()
    {
        Write([TestRuns.Step(1)]);
        _feed.Read(default);
        Write([TestRuns.Step(2)]);

        var soon = Enumerable.Range(0, 50).Select(_ => _feed.Read(default).Steps.Count).Distinct().ToList();
        _clock.Advance(RunFeed.RefreshInterval);
        var later = _feed.Read(default).Steps.Count;

        Assert.Equal([1], soon);
        Assert.Equal(2, later);
    }

    [Fact]
    public void Read_StepsTakenBack_StartsOver()
    {
        long position;
        using (var writer = new RunEventWriter(_run))
        {
            writer.Append(TestRuns.Step(1));
            position = writer.Position;
            writer.Append(TestRuns.Step(2));
            writer.Append(TestRuns.Warning("Oh."));
        }

        var before = _feed.Read(default);
        using (var writer = new RunEventWriter(_run))
        {
            writer.Truncate(position);
            writer.Append(TestRuns.Step(2, loss: 9));
        }

        _clock.Advance(RunFeed.RefreshInterval);
        var after = _feed.Read(before.Cursor);

        Assert.True(after.IsReset);
        Assert.Equal([TestRuns.Step(1), TestRuns.Step(2, loss: 9)], after.Steps);
        Assert.Empty(after.Warnings);
        Assert.NotEqual(before.Cursor.Generation, after.Cursor.Generation);
    }

    [Fact]
    public async Task Read_ManyReadersWhileAWorkerWrites_EachSeesEachStepOnceInOrder()
    {
        const int Steps = 2000;
        var feed = new RunFeed(RunStore.Read(_run), new EagerClock());
        var writing = Task.Run(() => { using var writer = new RunEventWriter(_run); for (var step = 1; step <= Steps; step++) writer.Append(TestRuns.Step(step)); }, TestContext.Current.CancellationToken);

        var readers = Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            var (seen, cursor) = (new List<int>(), default(RunFeedCursor));
            while (seen.Count < Steps && !TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                var update = feed.Read(cursor);
                if (update.IsReset) seen.Clear();
                seen.AddRange(update.Steps.Select(step => step.Step));
                cursor = update.Cursor;
            }

            return seen;
        }, TestContext.Current.CancellationToken)).ToList();
        await writing;

        foreach (var seen in await Task.WhenAll(readers)) Assert.Equal(Enumerable.Range(1, Steps), seen);
    }

    [Fact]
    public void Summary_WhilePreparing_TellsTheStage()
    {
        Write([Status(RunStatus.Preparing), new ProgressEvent { Time = TestRuns.Start, Stage = "Training the tokenizer", Fraction = 0.4 }]);
        var preparing = _feed.Summary;

        Write([Status(RunStatus.Running)]);
        _clock.Advance(RunFeed.RefreshInterval);

        Assert.Equal(("Training the tokenizer", 0.4), (preparing.Stage, preparing.StageFraction));
        Assert.Null(_feed.Summary.Stage);
    }

    [Fact]
    public void Summary_OfARunWithoutAWord_WaitsAsAnInterruptedOne()
    {
        var silent = _feed.Summary.Status;

        Write([Status(RunStatus.Running)]);
        _clock.Advance(RunFeed.RefreshInterval);

        Assert.Equal(RunStatus.Interrupted, silent);
        Assert.Equal(RunStatus.Running, _feed.Summary.Status);
    }

    [Fact]
    public void Summary_OfAnEndedRun_TellsWhenAndWhy()
    {
        Write([TestRuns.Step(7), new StatusEvent { Time = TestRuns.Start, Status = RunStatus.Failed, Step = 7, Reason = "The loss is not a number." }]);

        var summary = _feed.Summary;

        Assert.Equal((RunStatus.Failed, "The loss is not a number.", TestRuns.Start), (summary.Status, summary.Reason, summary.EndedAt));
        Assert.Null(summary.TimeLeft);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), summary.CreatedAt);
    }

    private static StatusEvent Status(RunStatus status) => new() { Time = TestRuns.Start, Status = status };

    private void Write(IEnumerable<RunEvent> events)
    {
        using var writer = new RunEventWriter(_run);
        foreach (var happened in events) writer.Append(happened);
    }
}
