using System.Globalization;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Inspection;
using TinyLM.Model.Inspection;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>The curves of the pictures about a point.</summary>
internal static class LawCurves
{
    /// <summary>What the points of finished runs are called.</summary>
    public const string RunsName = "runs of this lab";

    private const int Steps = 80;

    /// <summary>Sizes are shown this many times smaller and larger than the best, and whatever the point itself needs.</summary>
    private const double Reach = 100;

    /// <summary>Loss over size at the point's compute, a tenth, ten times; the lowest places; finished runs of about these computes; the point.</summary>
    public static IReadOnlyList<LawCurve> IsoFlops(ScalingFit fit, ScalingPoint point, IReadOnlyList<LossPoint> runs)
    {
        var law = fit.Law!;
        double[] computes = [point.Compute / 10, point.Compute, point.Compute * 10];
        var curves = new List<LawCurve>();
        foreach (var (index, compute) in computes.Index())
        {
            var best = law.Optimum.ForCompute(compute);
            var (from, to) = (Math.Min(best.Parameters / Reach, point.Parameters / 2), Math.Max(best.Parameters * Reach, point.Parameters * 2));
            var height = law.E + 3 * (law.Loss(law.Optimum.ForCompute(computes[0])) - law.E); // beyond, a curve only squeezes the others
            curves.Add(new LawCurve(
                $"{Display.Power(compute)} operations",
                [.. Spread(from, to).Select(size => (size, law.Loss(ScalingPoint.OfParameters(size, compute)))).Where(place => place.Item2 <= Math.Max(height, law.Loss(point) * 1.05))],
                LawCurveLook.Line, index));
        }

        curves.Add(new LawCurve("best size", [.. computes.Select(compute => law.Optimum.ForCompute(compute)).Select(best => (best.Parameters, law.Loss(best)))], LawCurveLook.Dots, 3));
        AddRuns(curves, [.. runs.Where(run => run.Place.Compute / point.Compute is > 0.05 and < 20).Select(run => (run.Parameters, run.Loss))]);
        curves.Add(new LawCurve("yours", [(point.Parameters, law.Loss(point))], LawCurveLook.Mark, 0));
        return curves;
    }

    /// <summary>Tokens over size: curves of equal loss, the best use of compute by each fit, finished runs in sight, the point.</summary>
    public static IReadOnlyList<LawCurve> IsoLosses(ScalingFit fit, ScalingPoint point, IReadOnlyList<LossPoint> runs)
    {
        var law = fit.Law!;
        var curves = new List<LawCurve>();
        double[] sizes = [.. Spread(point.Parameters / Reach, point.Parameters * Reach)];
        var (fewest, most) = (point.Tokens / (Reach * Reach), point.Tokens * Reach * Reach);
        foreach (var share in (double[])[0.5, 0.7, 1, 1.4, 2])
        {
            var loss = law.E + share * (law.Loss(point) - law.E);
            List<(double, double)> places = [.. sizes.Select(size => (size, tokens: law.TokensFor(size, loss) ?? double.PositiveInfinity)).Where(place => place.tokens >= fewest && place.tokens <= most)];
            if (places.Count > 1) curves.Add(new LawCurve($"loss {loss.ToString("0.00", CultureInfo.InvariantCulture)}", places, LawCurveLook.Contour, 10));
        }

        foreach (var (index, one) in ScalingFits.All.Index())
            curves.Add(new LawCurve(one.Title, [.. ((double[])[sizes[0], sizes[^1]]).Select(size => (size, one.Optimum.ForParameters(size).Tokens))], LawCurveLook.Line, index));
        AddRuns(curves, [.. runs.Where(run => run.Parameters >= sizes[0] && run.Parameters <= sizes[^1] && run.Tokens >= fewest && run.Tokens <= most).Select(run => (run.Parameters, run.Tokens))]);
        curves.Add(new LawCurve("yours", [(point.Parameters, point.Tokens)], LawCurveLook.Mark, 0));
        return curves;
    }

    private static void AddRuns(List<LawCurve> curves, IReadOnlyList<(double, double)> places)
    {
        if (places.Count > 0) curves.Add(new LawCurve(RunsName, places, LawCurveLook.Dots, 11));
    }

    /// <summary>Numbers at equal steps of their logarithm, both ends included.</summary>
    public static IEnumerable<double> Spread(double from, double to) => Enumerable.Range(0, Steps + 1).Select(i => from * Math.Pow(to / from, i / (double)Steps));

    /// <summary>The points of curves as a table for other programs, named by their curve.</summary>
    public static NamedTable TableOf(IReadOnlyList<LawCurve> curves, string x, string y)
    {
        var points = curves.SelectMany(curve => curve.Points.Select(point => (curve.Name, point.X, point.Y))).ToList();
        return new NamedTable(new ActivationTable([.. points.SelectMany(point => (float[])[(float)point.X, (float)point.Y])], points.Count, 2), [.. points.Select(point => point.Name)], [x, y]);
    }
}
