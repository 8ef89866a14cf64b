using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Model.Architectures;

namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>Attention against the length of the text: operations and memory, and what is done to have less of either.</summary>
public sealed partial class AttentionLengthView
{
    private const int Widest = 16_384, MostHeads = 1024, Longest = 10_000_000, FirstWidth = 768, FirstHeads = 12, FirstWindow = 512, FirstLength = 1024;

    private static readonly LawAxes s_workAxes = new("tokens", "operations", IsYLogarithmic: true), s_roomAxes = new("tokens", "bytes", IsYLogarithmic: true);

    private readonly string?[] _problems = new string?[4];
    private int _width, _heads, _window, _length;
    private IReadOnlyList<LawCurve> _work = [], _room = [];
    private LawPlot? _workPlot, _roomPlot;

    /// <summary>Width.</summary>
    [SupplyParameterFromQuery(Name = "aw")] public string? Width { get; set; }

    /// <summary>Heads.</summary>
    [SupplyParameterFromQuery(Name = "ah")] public string? Heads { get; set; }

    /// <summary>Window.</summary>
    [SupplyParameterFromQuery(Name = "window")] public string? Window { get; set; }

    /// <summary>Length.</summary>
    [SupplyParameterFromQuery(Name = "length")] public string? Length { get; set; }

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    private bool IsSound => _problems.All(problem => problem is null);

    private string Verdict
    {
        get
        {
            var (attention, rest) = (AttentionCost.Causal(_length, _width), AttentionCost.Matrices(_length, _width));
            return $"At {Display.Count(_length)} tokens attention over all earlier tokens is {Display.Chance(attention / (attention + rest))} of the block's operations. It is the larger part from {Display.Count(12L * _width)} tokens on, twelve times the width; "
                + $"written down, its scores take {Display.Bytes((long)AttentionCost.ScoreBytes(_length, _heads))}, keys and values {Display.Bytes((long)AttentionCost.KeyValueBytes(_length, _width))}.";
        }
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        (_width, _heads, _window, _length) = (Whole(Width, FirstWidth), Whole(Heads, FirstHeads), Whole(Window, FirstWindow), Whole(Length, FirstLength));
        _problems[0] = Problem(_width, Widest);
        _problems[1] = Problem(_heads, MostHeads) ?? (_width > 0 && _width % _heads != 0 ? $"{_heads} heads do not divide a width of {_width}." : null);
        _problems[2] = Problem(_window, Longest);
        _problems[3] = Problem(_length, Longest);
        if (!IsSound) return;
        double d = _width, head = d / _heads;
        _work =
        [
            Curve("all tokens, 4n²d", n => AttentionCost.Whole(n, d), 0),
            Curve("looking back, 2n²d", n => AttentionCost.Causal(n, d), 1),
            Curve("window, 4nwd", n => AttentionCost.Windowed(n, d, _window), 2),
            Curve("linear, 4nd²/heads", n => AttentionCost.Linear(n, d, head), 3),
            Curve("matrices of the block, 24nd²", n => AttentionCost.Matrices(n, d), 10) with { Look = LawCurveLook.Dashed },
            new LawCurve("your length", [(_length, AttentionCost.Causal(_length, d))], LawCurveLook.Mark, 0),
        ];
        _room =
        [
            Curve("scores written down, 2 · heads · n²", n => AttentionCost.ScoreBytes(n, _heads), 0),
            Curve("keys and values, 4nd", n => AttentionCost.KeyValueBytes(n, d), 1),
            Curve("keys and values of a window", n => AttentionCost.WindowBytes(n, d, _window), 2),
            Curve("state of linear attention", _ => AttentionCost.StateBytes(d, head), 3),
            new LawCurve("your length", [(_length, AttentionCost.KeyValueBytes(_length, d))], LawCurveLook.Mark, 0),
        ];
    }

    private static LawCurve Curve(string name, Func<double, double> cost, int color) =>
        new(name, [.. LawCurves.Spread(16, 1_048_576).Select(tokens => (tokens, cost(tokens)))], LawCurveLook.Line, color);

    /// <summary>What an address says, or the first value where it says no whole number.</summary>
    private static int Whole(string? text, int otherwise) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    private static string? Problem(int value, int most) => value >= 1 && value <= most ? null : $"{Display.Count(value)}: it must be between 1 and {Display.Count(most)}.";

    private void Change(string name, int value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, value), replace: true);
}
