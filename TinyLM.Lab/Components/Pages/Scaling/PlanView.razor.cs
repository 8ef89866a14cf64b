using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Laws;
using TinyLM.Model.Inspection;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>The calculator: any two of parameters, tokens, compute and loss; the rest by each fit, and the pictures.</summary>
public sealed partial class PlanView
{
    /// <summary>Between these factors of the best tokens a training is as good as optimal.</summary>
    private const double Near = 1.25;

    private static readonly LawAxes s_isoFlopAxes = new("parameters", "loss, nats per token", IsYLogarithmic: false), s_isoLossAxes = new("parameters", "tokens", IsYLogarithmic: true);
    private static readonly IReadOnlyList<(string, string)> s_laws = [.. ScalingFits.Laws.Select(fit => (fit.Id, fit.Title))];
    private static readonly (string Name, string Address)[] s_examples =
    [
        ("Chinchilla", "/scaling?n=70B&d=1.4T"), ("GPT-3", "/scaling?n=175B&d=300B"), ("Llama 3 8B", "/scaling?n=8B&d=15T"), ("GPT-2 by llm.c", "/scaling?n=124M&d=10B"), ("10²⁰ operations", "/scaling?c=1e20"),
    ];

    private readonly string[] _texts = ["", "", "", ""];
    private readonly string?[] _problems = new string?[4];
    private ScalingFit _fit = ScalingFits.Epoch;
    private ScalingPoint? _point, _other;
    private string? _problem;
    private IReadOnlyList<LawCurve> _isoFlops = [], _isoLosses = [];
    private LawPlot? _isoFlopPlot, _isoLossPlot;

    /// <summary>Parameters, as typed.</summary>
    [SupplyParameterFromQuery(Name = "n")] public string? Parameters { get; set; }

    /// <summary>Tokens, as typed.</summary>
    [SupplyParameterFromQuery(Name = "d")] public string? Tokens { get; set; }

    /// <summary>Compute, as typed.</summary>
    [SupplyParameterFromQuery(Name = "c")] public string? Compute { get; set; }

    /// <summary>Loss, as typed.</summary>
    [SupplyParameterFromQuery(Name = "l")] public string? Loss { get; set; }

    /// <summary>Id of the law.</summary>
    [SupplyParameterFromQuery(Name = "law")] public string? LawId { get; set; }

    [Inject] private IRunService Runs { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    private ParametricLaw Law => _fit.Law!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        // Without a question in the address it is Chinchilla's, so that there is something to change.
        var isAsked = (Parameters, Tokens, Compute, Loss) is not (null, null, null, null);
        (_texts[0], _texts[1], _texts[2], _texts[3]) = isAsked ? (Parameters ?? "", Tokens ?? "", Compute ?? "", Loss ?? "") : ("70B", "1.4T", "", "");
        _fit = ScalingFits.Laws.FirstOrDefault(fit => fit.Id == LawId) ?? ScalingFits.Epoch;
        var known = new double?[4];
        for (var i = 0; i < known.Length; i++)
        {
            var text = _texts[i].Trim();
            var isNumber = ScaledNumber.TryParse(text, out var value);
            known[i] = isNumber ? value : null;
            _problems[i] = isNumber || text.Length == 0 ? null : $"“{text}” is not a number.";
        }

        (_point, _other, _problem) = (null, null, null);
        if (_problems.Any(problem => problem is not null)) return;
        var answer = new ScalingQuestion(known[0], known[1], known[2], known[3]).Answer(Law);
        (_point, _other, _problem) = (answer.Point, answer.Other, answer.Problem);
        if (_point is not { } point) return;
        IReadOnlyList<LossPoint> runs = [.. RunPoints.Finished(Runs.List()).Select(RunPoints.Of)];
        _isoFlops = LawCurves.IsoFlops(_fit, point, runs);
        _isoLosses = LawCurves.IsoLosses(_fit, point, runs);
    }

    private void Change(string name, string value) => Navigation.NavigateTo(
        // The example of an empty address becomes a question as soon as a part of it is changed.
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["n"] = _texts[0], ["d"] = _texts[1], ["c"] = _texts[2], ["l"] = _texts[3], [name] = value }),
        replace: true);

    private void Spend(double compute) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["n"] = null, ["d"] = null, ["c"] = compute.ToString("0.###e0", CultureInfo.InvariantCulture), ["l"] = null }),
        replace: true);

    private string Verdict(ScalingPoint point)
    {
        var waste = Law.WasteOf(point);
        var ratio = point.Tokens / waste.Best.Tokens;
        if (ratio is > 1 / Near and < Near) return $"About compute-optimal by {_fit.Title}: no other size would do noticeably better with {Display.Power(point.Compute)} operations.";
        var kind = ratio > 1 ? "Over-trained: smaller and on more text than is best" : "Under-trained: larger and on less text than is best";
        return $"{kind} for its compute. {Display.Amount(waste.Best.Parameters)} parameters on {Display.Amount(waste.Best.Tokens)} tokens would reach {Display.Loss(Law.Loss(waste.Best))}, {waste.ExcessLoss.ToString("0.000", CultureInfo.InvariantCulture)} lower; "
            + $"or the same loss with {Display.Power(waste.NeededCompute)} operations, so {Display.Chance(waste.WastedFraction)} of the compute is wasted.";
    }

    private static string Constant(double value, double? error, string format) =>
        value.ToString(format, CultureInfo.InvariantCulture) + (error is { } known ? $" ± {known.ToString(format, CultureInfo.InvariantCulture)}" : "");

    private Task<NamedTable> FitTable()
    {
        var point = _point!.Value;
        string[] columns = ["parameters", "tokens", "tokens per parameter", "size exponent"];
        var rows = ScalingFits.All.Select(fit => (fit, best: fit.Optimum.ForCompute(point.Compute))).ToList();
        float[] values = [.. rows.SelectMany(row => (float[])[(float)row.best.Parameters, (float)row.best.Tokens, (float)row.best.TokensPerParameter, (float)row.fit.Optimum.SizeExponent])];
        return Task.FromResult(new NamedTable(new ActivationTable(values, rows.Count, columns.Length), [.. rows.Select(row => row.fit.Title)], columns));
    }
}
