using MathNet.Numerics;

namespace TinyLM.Model.Scaling;

/// <summary>Hoffmann et al. 2022, section 3.2: at each of several computes the size with the lowest loss, and the line through these.</summary>
public static class IsoFlops
{
    /// <summary>Computes within this factor of the lowest are one compute: sizes and steps come in whole numbers.</summary>
    private const double Same = 1.15;

    /// <summary>Fewest models of a compute for a parabola: one more than it has constants.</summary>
    private const int Fewest = 4;

    /// <summary>The models by their compute, the smallest first; those with too few at their compute are left out.</summary>
    public static IReadOnlyList<IsoFlopCurve> Curves(IReadOnlyList<LossPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var groups = new List<List<LossPoint>>();
        foreach (var point in points.OrderBy(point => point.Place.Compute))
        {
            if (groups is [.., [var first, ..]] && point.Place.Compute <= Same * first.Place.Compute) groups[^1].Add(point);
            else groups.Add([point]);
        }

        return [.. groups.Where(group => group.DistinctBy(point => point.Parameters).Count() >= Fewest).Select(Curve)];
    }

    /// <summary>The line through the best sizes; null where fewer than two computes have one.</summary>
    public static TokenRule? Optimum(IReadOnlyList<IsoFlopCurve> curves)
    {
        ArgumentNullException.ThrowIfNull(curves);
        List<ScalingPoint> best = [.. curves.Where(curve => curve.Best is not null).Select(curve => curve.Best!.Value.Place)];
        return best.Count < 2 ? null : TokenRule.Through(best);
    }

    private static IsoFlopCurve Curve(List<LossPoint> group)
    {
        List<LossPoint> points = [.. group.OrderBy(point => point.Parameters)];
        var compute = Math.Exp(points.Average(point => Math.Log(point.Place.Compute)));
        double[] sizes = [.. points.Select(point => Math.Log(point.Parameters))];
        var middle = sizes.Average();
        var bends = Fit.Polynomial([.. sizes.Select(size => size - middle)], [.. points.Select(point => point.Loss)], 2);
        var parabola = new SizeParabola(middle, bends[0], bends[1], bends[2]);
        if (!(parabola.Bend > 0) || parabola.LowestLogSize < sizes[0] || parabola.LowestLogSize > sizes[^1]) return new IsoFlopCurve(compute, points, parabola, null);
        var place = ScalingPoint.OfParameters(Math.Exp(parabola.LowestLogSize), compute);
        return new IsoFlopCurve(compute, points, parabola, new LossPoint(place.Parameters, place.Tokens, parabola.LowestLoss));
    }
}
