using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Inspection;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Components.Pages.Inspect;

/// <summary>The logit lens: what the model would say after each block, at each position.</summary>
public sealed partial class LensView
{
    private const int MostColumns = 32;

    private object? _asked;
    private TokenWindow _window;
    private LensReading[,]? _readings;
    private ActivationTable? _probabilities;
    private IReadOnlyList<string> _depths = [];
    private IReadOnlyList<string> _names = [];

    /// <summary>What was read.</summary>
    [Parameter, EditorRequired] public required PromptReading Reading { get; set; }

    /// <summary>What is in view.</summary>
    [Parameter, EditorRequired] public required InspectState State { get; set; }

    /// <summary>Told what to show.</summary>
    [Parameter] public EventCallback<InspectState> StateChanged { get; set; }

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
        _probabilities = new ActivationTable(new float[depths * window.Count], depths, window.Count);
        for (var depth = 0; depth < depths; depth++)
            for (var i = 0; i < window.Count; i++) _probabilities[depth][i] = (float)(readings[depth, i].TrueProbability ?? double.NaN);
    }

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
