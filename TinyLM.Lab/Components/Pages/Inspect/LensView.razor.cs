using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Heat;
using TinyLM.Lab.Inspection;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Components.Pages.Inspect;

/// <summary>The logit lens: what the model would say after each block, at each position.</summary>
public sealed partial class LensView
{
    private const int MostColumns = 32;

    private static readonly (string Name, Func<LensReading, float> Of)[] s_figures =
    [
        ("id of the guess", one => one.Token),
        ("probability of the guess", one => (float)one.Probability),
        ("rank of the true next", one => one.TrueRank + 1 ?? float.NaN),
        ("probability of the true next", one => (float)(one.TrueProbability ?? double.NaN)),
        ("entropy (nats)", one => (float)one.Entropy),
    ];

    private object? _asked;
    private TokenWindow _window;
    private LensReading[,]? _readings;
    private ElementReference _lens;
    private ElementReference _path;
    private IReadOnlyList<string> _depths = [];
    private IReadOnlyList<string> _names = [];

    /// <summary>What was read.</summary>
    [Parameter, EditorRequired] public required PromptReading Reading { get; set; }

    /// <summary>What is in view.</summary>
    [Parameter, EditorRequired] public required InspectState State { get; set; }

    /// <summary>Told what to show.</summary>
    [Parameter] public EventCallback<InspectState> StateChanged { get; set; }

    [Inject] private HeatDrawing Drawing { get; set; } = null!;

    private int Token => Math.Min(State.Token ?? int.MaxValue, Reading.Tokens.Count - 1);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var reading = Reading;
        var window = TokenWindow.At(State.Start, reading.Tokens.Count, MostColumns);
        var asked = (reading, window);
        if (Equals(asked, _asked)) return;
        _asked = asked;
        var readings = await reading.ComputeAsync(trace => LogitLens.Read(trace, window.Start, window.Count));
        if (!Equals(asked, _asked)) return; // something else was asked for meanwhile
        (_readings, _window) = (readings, window);
        var depths = readings.GetLength(0);
        _depths = [.. Enumerable.Range(0, depths).Select(depth => depth == 0 ? "embedding" : depth == depths - 1 ? $"layer {depth - 1}, said" : $"layer {depth - 1}")];
        _names = [.. Enumerable.Range(window.Start, window.Count).Select(i => $"{i} {reading.Tokens[i].Text}")];
    }

    /// <summary>Every figure of every cell: a row for each figure after each depth, a column for each token.</summary>
    private Task<NamedTable> LensTable()
    {
        var depths = _readings!.GetLength(0);
        var table = new ActivationTable(new float[depths * s_figures.Length * _window.Count], depths * s_figures.Length, _window.Count);
        for (var row = 0; row < table.Rows; row++)
            for (var i = 0; i < _window.Count; i++) table[row][i] = s_figures[row % s_figures.Length].Of(_readings[row / s_figures.Length, i]);
        return Task.FromResult(new NamedTable(table, [.. _depths.SelectMany(depth => s_figures.Select(figure => $"{depth} · {figure.Name}"))], _names));
    }

    /// <summary>The figures of one token: a row for each depth.</summary>
    private Task<NamedTable> PathTable() => Task.FromResult(new NamedTable(
        new ActivationTable([.. _depths.SelectMany((_, depth) => s_figures.Select(figure => figure.Of(_readings![depth, Token - _window.Start])))], _depths.Count, s_figures.Length),
        _depths,
        [.. s_figures.Select(figure => figure.Name)]));

    private string Shade(LensReading one)
    {
        var share = State.Shade == "entropy" ? one.TrueProbability ?? 0 : one.Probability;
        return string.Create(CultureInfo.InvariantCulture, $"background:color-mix(in srgb,var(--mud-palette-primary) {share * 70:0}%,transparent)");
    }

    private string Title(LensReading one, int index)
    {
        var guess = string.Create(CultureInfo.InvariantCulture, $"{TokenText.Of(Reading.Tokenizer, one.Token)} with {one.Probability:0.0%}");
        return one.TrueRank is not { } rank ? guess
            : string.Create(CultureInfo.InvariantCulture, $"{guess} · {Reading.Tokens[index + 1].Text} comes: rank {rank + 1}, {one.TrueProbability:0.0%}");
    }
}
