using System.Runtime.CompilerServices;
using TinyLM.Lab.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Components.Charts;

public class SharedCurvesTests
{
    private static readonly RunSpec s_spec = RunPresets.Quick.Spec;

    private readonly FakeRunFeed _feed = new FakeRunFeed(TestRuns.Summary("r", RunStatus.Running)).Train(1_000);

    [Fact]
    public void Read_ByManyWhoLookInTheSameWay_HoldsThePointsOnce()
    {
        var views = Enumerable.Range(0, 50).Select(_ => new RunView(_feed, s_spec)).ToList();

        foreach (var view in views) view.Read();

        Assert.All(views, view => Assert.True(Unsafe.AreSame(in views[0].Curves.Training.Points[0], in view.Curves.Training.Points[0])));
        Assert.All(views, view => Assert.Equal(1_000, view.Curves.Training.Count));
    }

    [Fact]
    public void Read_ByOne_ChangesNothingForAnotherUntilItReads()
    {
        var (early, late) = (new RunView(_feed, s_spec), new RunView(_feed, s_spec));
        early.Read();
        late.Read();
        _feed.RewindTo(500);
        _feed.Add(TestRuns.Step(501, loss: 5));

        late.Read();

        Assert.Equal((1_000, 1_000f), (early.Curves.Training.Count, (float)early.Curves.Training.Points[^1].X));
        Assert.Equal((501, 5f), (late.Curves.Training.Count, late.Curves.Training.Points[^1].Value));
        Assert.NotEqual(early.Curves.Training.Version, late.Curves.Training.Version);
        early.Read();
        Assert.Equal(late.Curves.Training.Points, early.Curves.Training.Points);
        Assert.Equal(late.Curves.Training.Version, early.Curves.Training.Version);
    }

    [Fact]
    public void Read_ByOneWhoLooksOverAnotherAxis_HasOtherPoints()
    {
        var (steps, tokens) = (new RunView(_feed, s_spec), new RunView(_feed, s_spec));
        tokens.DrawOver(HorizontalAxis.Tokens, 0.5);

        steps.Read();
        tokens.Read();

        Assert.Equal(1_000, steps.Curves.Training.Points[^1].X);
        Assert.Equal(TestRuns.Step(1_000).Tokens, tokens.Curves.Training.Points[^1].X);
    }

    [Fact]
    public async Task Read_ByManyAtOnceWhileTheRunGrows_GivesEachEveryStepOnce()
    {
        var feed = new FakeRunFeed(TestRuns.Summary("r", RunStatus.Running));
        var grows = Task.Run(() => { for (var step = 1; step <= 5_000; step++) feed.Add(TestRuns.Step(step)); }, TestContext.Current.CancellationToken);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            var view = new RunView(feed, s_spec);
            while (view.Curves.Training.Count < 5_000)
            {
                view.Read();
                var points = view.Curves.Training.Points;
                for (var i = 0; i < points.Length; i++) Assert.Equal(i + 1, points[i].X);
            }
        }, TestContext.Current.CancellationToken)).Append(grows));
    }

    [Fact]
    public void Of_AFeedThatNobodyLooksAtAnyMore_HoldsNoPoints()
    {
        var gone = Look();

        GC.Collect();

        Assert.False(gone.TryGetTarget(out _));

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference<RunView> Look()
        {
            var view = new RunView(_feed, s_spec);
            view.Read();
            return new WeakReference<RunView>(view);
        }
    }
}
