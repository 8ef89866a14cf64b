using TinyLM.Lab.Runs.Export;
using TinyLM.Lab.Runs.Logs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs.Export;

public sealed class TensorBoardMirrorTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly ManualClock _clock = new();
    private readonly RunFolder _run;

    public TensorBoardMirrorTests() => _run = _temp.AddRun("20260101-000000-aaaa");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void CatchUp_WhileTheRunGoesOn_WritesEachPointOnce()
    {
        using var events = new RunEventWriter(_run);
        var mirror = new TensorBoardMirror(_run, _clock);
        mirror.CatchUp(); // nothing has happened: nothing is written
        Assert.False(Directory.Exists(_run.TensorBoardPath));

        Append(events, 1, 10);
        mirror.CatchUp();
        Append(events, 11, 25);
        events.Append(TestRuns.Evaluation(25));
        mirror.CatchUp();

        var run = Read();
        Assert.Equal(Enumerable.Range(1, 25).Select(step => (long)step), run.Points("loss/train").Select(point => point.Step));
        Assert.Equal((float)TestRuns.Evaluation(25).Loss, Assert.Single(run.Points("loss/validation")).Value);
        Assert.Equal(0.25f, Assert.Single(run.Points("update_ratio")).Value);
    }

    [Fact]
    public void CatchUp_RunThatWentBack_BeginsAFileAnewWithEachStepOnce()
    {
        using var events = new RunEventWriter(_run);
        Append(events, 1, 10);
        var position = events.Position;
        Append(events, 11, 30);
        var mirror = new TensorBoardMirror(_run, _clock);
        mirror.CatchUp();
        var before = Assert.Single(Directory.GetFiles(_run.TensorBoardPath));

        events.Truncate(position);
        for (var step = 11; step <= 15; step++) events.Append(TestRuns.Step(step, 9));
        _clock.Advance(TimeSpan.FromSeconds(1));
        mirror.CatchUp();

        Assert.NotEqual(before, Assert.Single(Directory.GetFiles(_run.TensorBoardPath)));
        var points = Read().Points("loss/train");
        Assert.Equal(Enumerable.Range(1, 15).Select(step => (long)step), points.Select(point => point.Step));
        Assert.Equal(9, points[^1].Value);
        using var file = File.OpenRead(Directory.GetFiles(_run.TensorBoardPath)[0]);
        Assert.True(TensorBoardFile.Read(file).ElementAt(1).IsStart); // a TensorBoard that looks on forgets the earlier file
    }

    [Fact]
    public async Task Follow_AfterTheEnd_HasWrittenTheLastStep()
    {
        using var ended = new CancellationTokenSource();
        var following = new TensorBoardMirror(_run, _clock).FollowAsync(ended.Token);
        using (var events = new RunEventWriter(_run)) Append(events, 1, 3);

        await ended.CancelAsync();
        await following;

        Assert.Equal(3, Read().Points("loss/train").Count);
    }

    private TensorBoardRun Read()
    {
        var directory = TensorBoardDirectory.Open(_run.TensorBoardPath);
        directory.Read();
        return Assert.Single(directory.Runs);
    }

    private static void Append(RunEventWriter events, int from, int to)
    {
        for (var step = from; step <= to; step++) events.Append(TestRuns.Step(step) with { UpdateRatio = step == 20 ? 0.25 : null });
    }
}
