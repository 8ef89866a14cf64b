using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Laws;
using TinyLM.Model.Inspection;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>What a fit found: the law and its ranges, what to train next, and how far each point lies from it.</summary>
public sealed partial class LawReportView
{
    private static readonly LawAxes s_axes = new("operations", "loss, nats per token", IsYLogarithmic: false), s_equalAxes = new("parameters", "loss, nats per token", IsYLogarithmic: false), s_bestAxes = new("operations", "parameters, tokens", IsYLogarithmic: true);

    private LawReport? _shown;
    private IReadOnlyList<LawCurve> _measured = [], _equal = [], _best = [];
    private LawPlot? _measuredPlot, _equalPlot, _bestPlot;

    /// <summary>What was found.</summary>
    [Parameter, EditorRequired] public required LawReport Report { get; set; }

    /// <summary>The points that it was found from, each with its run, if it has one.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<(LossPoint Point, RunSummary? Run)> Rows { get; set; }

    /// <summary>Entropy of the text's source in nats per token, where it is known.</summary>
    [Parameter] public double? Floor { get; set; }

    private string Law => Report.Fit.Law is var law ? $"L = {Digits(law.E)} + {Digits(law.A)} / N^{Digits(law.Alpha)} + {Digits(law.B)} / D^{Digits(law.Beta)}" : "";

    private double LargestCompute => Rows.Max(row => row.Point.Place.Compute);

    /// <summary>What the law advises for the largest compute, three times and ten times as much.</summary>
    private IEnumerable<(int Factor, ScalingPoint Best)> NextRuns => ((int[])[1, 3, 10]).Select(factor => (factor, Report.Fit.Law.Optimum.ForCompute(factor * LargestCompute)));

    private string NextRun
    {
        get
        {
            var compute = 10 * LargestCompute;
            var best = Report.Fit.Law.Optimum.ForCompute(compute);
            return $"Your next run: with {Display.Power(compute)} operations, ten times your largest, {Display.Amount(best.Parameters)} parameters on {Display.Amount(best.Tokens)} tokens ({Display.Amount(best.TokensPerParameter)} a parameter), for a loss of about {Display.Loss(Report.Fit.Law.Loss(best))}.";
        }
    }

    private IEnumerable<(string Name, double Value, Interval Range, string Meaning)> Constants
    {
        get
        {
            var (law, ranges) = (Report.Fit.Law, Report.Ranges);
            yield return ("E", law.E, ranges.E, "the loss that no size and no text gets below");
            yield return ("A", law.A, ranges.A, "weight of the size");
            yield return ("B", law.B, ranges.B, "weight of the text");
            yield return ("α", law.Alpha, ranges.Alpha, "how fast a larger size helps");
            yield return ("β", law.Beta, ranges.Beta, "how fast more text helps");
            yield return ("a", law.Optimum.SizeExponent, ranges.SizeExponent, "the best size grows with compute to this power");
            yield return ("b", law.Optimum.TokenExponent, new Interval(1 - ranges.SizeExponent.High, 1 - ranges.SizeExponent.Low), "the best text grows with compute to this power");
        }
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(Report, _shown)) return;
        _shown = Report;
        var law = Report.Fit.Law;
        IReadOnlyList<LossPoint> points = [.. Rows.Select(row => row.Point)];
        double[] computes = [.. LawCurves.Spread(points.Min(point => point.Place.Compute), points.Max(point => point.Place.Compute))];
        _measured =
        [
            new LawCurve("by the law", [.. points.Select(point => (point.Place.Compute, law.Loss(point.Place)))], LawCurveLook.Dots, 1),
            new LawCurve("measured", [.. points.Select(point => (point.Place.Compute, point.Loss))], LawCurveLook.Dots, 0),
            new LawCurve("lowest by the law", [.. computes.Select(compute => (compute, law.Loss(law.Optimum.ForCompute(compute))))], LawCurveLook.Dashed, 2),
        ];
        _equal =
        [
            .. Report.Curves.Index().SelectMany(curve => (LawCurve[])
            [
                new LawCurve($"{Display.Power(curve.Item.Compute)} operations", [.. LawCurves.Spread(curve.Item.Points[0].Parameters, curve.Item.Points[^1].Parameters).Select(size => (size, curve.Item.Parabola.Loss(size)))], LawCurveLook.Line, curve.Index),
                new LawCurve($"runs of {Display.Power(curve.Item.Compute)}", [.. curve.Item.Points.Select(point => (point.Parameters, point.Loss))], LawCurveLook.Dots, curve.Index),
            ]),
        ];
        List<LossPoint> lowest = [.. Report.Curves.Where(curve => curve.Best is not null).Select(curve => curve.Best!.Value)];
        _best =
        [
            new LawCurve("parameters by the law", [.. computes.Select(compute => (compute, law.Optimum.ForCompute(compute).Parameters))], LawCurveLook.Line, 0),
            new LawCurve("tokens by the law", [.. computes.Select(compute => (compute, law.Optimum.ForCompute(compute).Tokens))], LawCurveLook.Line, 1),
            .. lowest.Count == 0 ? (LawCurve[])[] :
            [
                new LawCurve("parameters, lowest places", [.. lowest.Select(point => (point.Place.Compute, point.Parameters))], LawCurveLook.Dots, 0),
                new LawCurve("tokens, lowest places", [.. lowest.Select(point => (point.Place.Compute, point.Tokens))], LawCurveLook.Dots, 1),
            ],
        ];
    }

    /// <summary>"New run" filled in with a size and its tokens, in the settings of the largest run; null where the points are no runs.</summary>
    private string? NewRun(ScalingPoint best) => Rows.Where(row => row.Run is not null).OrderByDescending(row => row.Point.Place.Compute).Select(row => row.Run).FirstOrDefault() is { } run
        && best is { Parameters: >= Model.Runs.OneDial.SmallestSize and <= Model.Runs.OneDial.LargestSize, Tokens: < 1e15 }
            ? string.Create(CultureInfo.InvariantCulture, $"/new?run={Uri.EscapeDataString(run.Id)}&size={best.Parameters:0}&tokens={best.Tokens:0}")
            : null;

    private string FloorInWords(double floor)
    {
        var range = Report.Ranges.E;
        var verdict = range.Contains(floor) && range.Low == 0 ? "these points do not tell E, for all of their losses lie far above; the range holds the entropy. A longer experiment comes nearer."
            : range.Contains(floor) ? "the range of E holds it."
            : floor < range.Low ? "the range of E lies above it. These models read too few tokens at once, or are too small, to see all that the source lets one know; larger runs would bring E down."
            : "the range of E lies below it, where no model can get, so more or larger runs are wanted.";
        return $"The entropy of this text's source is known: {Display.Loss(floor)} nats per token. E is what the law expects of an endless model on endless text, so it should lie near it: {verdict}";
    }

    private Task<NamedTable> LawTable()
    {
        var rows = Constants.ToList();
        return Task.FromResult(new NamedTable(
            new ActivationTable([.. rows.SelectMany(row => (float[])[(float)row.Value, (float)row.Range.Low, (float)row.Range.High])], rows.Count, 3),
            [.. rows.Select(row => row.Name)], ["value", "low", "high"]));
    }

    private NamedTable EqualTable() => new(
        new ActivationTable(
            [.. Report.Curves.SelectMany(curve => (float[])[(float)curve.Compute, curve.Points.Count, (float)(curve.Best?.Parameters ?? double.NaN), (float)(curve.Best?.Tokens ?? double.NaN), (float)(curve.Best?.Loss ?? double.NaN)])],
            Report.Curves.Count, 5),
        [.. Report.Curves.Select(curve => Display.Power(curve.Compute))],
        ["operations", "models", "best parameters", "best tokens", "loss there"]);

    private static string Digits(double value) => Math.Abs(value) switch
    {
        < 1e-9 => "0", // an E that the points do not tell
        >= 1e6 or < 1e-3 => Display.Power(value),
        >= 1000 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.##", CultureInfo.InvariantCulture),
        _ => value.ToString("0.####", CultureInfo.InvariantCulture),
    };
}
