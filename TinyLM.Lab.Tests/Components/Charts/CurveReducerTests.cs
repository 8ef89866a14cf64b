using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Lab.Components.Charts;

namespace TinyLM.Lab.Tests.Components.Charts;

public class CurveReducerTests
{
    [Fact]
    public void Reduce_FewPoints_KeepsAll()
    {
        CurvePoint[] points = [new(1, 3), new(2, 1), new(3, 2)];

        Assert.Equal(points, CurveReducer.Reduce(points, 3));
    }

    [Fact]
    public void Reduce_OneSpikeInAMillion_KeepsTheSpike()
    {
        var points = Line(1_000_000);
        points[654_321] = points[654_321] with { Value = 99 };
        points[123_456] = points[123_456] with { Value = -99 };

        var kept = CurveReducer.Reduce(points, 1000);

        Assert.InRange(kept.Count, 900, 1002);
        Assert.Contains(points[654_321], kept);
        Assert.Contains(points[123_456], kept);
    }

    [Fact]
    public void Reduce_StepsFarApart_GivesEachStretchItsShare()
    {
        CurvePoint[] points = [.. Enumerable.Range(0, 500).Select(i => new CurvePoint(i, i % 7)), .. Enumerable.Range(0, 500).Select(i => new CurvePoint(100_000 + 100 * i, i % 7))];

        var kept = CurveReducer.Reduce(points, 100);

        Assert.InRange(kept.Count(point => point.X < 500), 2, 6);      // 500 of 150,000 steps
        Assert.InRange(kept.Count(point => point.X >= 100_000), 30, 50); // a third of the width
    }

    [Fact]
    public void Reduce_ZoomedIn_SpendsTheBudgetThere()
    {
        var points = Line(100_000);

        var kept = CurveReducer.Reduce(points, 1000, from: 40_000, to: 40_999);

        Assert.Equal(1000, kept.Count(point => point.X is >= 40_000 and <= 40_999));
        Assert.InRange(kept.Count, 1000, 1000 + 2 * 127);
    }

    [Fact]
    public void Reduce_NotANumber_IsAGapOnlyWhereNothingElseIs()
    {
        CurvePoint[] points = [.. Enumerable.Range(0, 1000).Select(i => new CurvePoint(i, i < 900 && i % 2 == 0 ? i : float.NaN))];

        var kept = CurveReducer.Reduce(points, 100);

        Assert.All(kept.Where(point => point.X is > 0 and < 880), point => Assert.True(float.IsFinite(point.Value)));
        Assert.Contains(kept, point => point.X is > 910 and < 999 && float.IsNaN(point.Value));
    }

    [Fact]
    public void Reduce_LogarithmicAxis_GivesEachDecadeItsShare()
    {
        CurvePoint[] points = [.. Enumerable.Range(1, 100_000).Select(i => new CurvePoint(i, i % 7))];

        var kept = CurveReducer.Reduce(points, 500, isLogarithmic: true);

        Assert.InRange(kept.Count(point => point.X is >= 10_000 and < 100_000), 102, 110); // one of the 4.7 decades from 2 on
        Assert.InRange(kept.Count(point => point.X is >= 1000 and < 10_000), 102, 110);
        Assert.Equal(10, kept.Count(point => point.X <= 10)); // fewer points than buckets: all
    }

    [Property]
    public Property Reduce_AnyCurve_KeepsOrderEndsAndExtremesWithinItsBudget() =>
        Prop.ForAll(Curves(), Gen.Choose(2, 60).ToArbitrary(), (points, budget) =>
        {
            var kept = CurveReducer.Reduce(points, budget);

            Assert.True(kept.Count <= Math.Max(points.Length, 0) && kept.Count <= budget + 2);
            Assert.All(kept, point => Assert.Contains(point, points));
            Assert.True(kept.Zip(kept.Skip(1)).All(pair => pair.First.X < pair.Second.X));
            if (points.Length == 0) return;
            Assert.Equal((points[0], points[^1]), (kept[0], kept[^1]));
            Assert.Equal(points.Max(point => point.Value), kept.Max(point => point.Value));
            Assert.Equal(points.Min(point => point.Value), kept.Min(point => point.Value));
        });

    private static CurvePoint[] Line(int count) => [.. Enumerable.Range(0, count).Select(i => new CurvePoint(i, MathF.Sin(i)))];

    private static Arbitrary<CurvePoint[]> Curves() =>
        (from count in Gen.Choose(0, 400)
         from gaps in Gen.Choose(1, 50).ArrayOf(count)
         from values in Gen.Choose(-1000, 1000).ArrayOf(count)
         select Accumulate(gaps, values)).ToArbitrary();

    private static CurvePoint[] Accumulate(int[] gaps, int[] values)
    {
        var step = 0;
        return [.. gaps.Zip(values, (gap, value) => new CurvePoint(step += gap, value))];
    }
}
