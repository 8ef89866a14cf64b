using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Heat;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Models;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Components.Pages.Inspect;

/// <summary>Who looks at whom: every head small, one head large, one token in both directions.</summary>
public sealed partial class AttentionView
{
    private HeatmapChart? _chart;
    private ElementReference _arcs;
    private PromptReading? _read;
    private object? _asked;
    private AttentionMaps? _maps;
    private AttentionPicture? _picture;
    private ActivationTable? _beside;
    private HeatmapNames _axes = null!;
    private IReadOnlyList<string> _names = [];
    private IReadOnlyList<string> _headNames = [];
    private string? _problem;

    /// <summary>What was read.</summary>
    [Parameter, EditorRequired] public required PromptReading Reading { get; set; }

    /// <summary>Who read.</summary>
    [Parameter, EditorRequired] public required ModelReference Model { get; set; }

    /// <summary>Checkpoints that the model may be compared with.</summary>
    [Parameter] public IReadOnlyList<int> Steps { get; set; } = [];

    /// <summary>What is in view.</summary>
    [Parameter, EditorRequired] public required InspectState State { get; set; }

    /// <summary>Told what to show.</summary>
    [Parameter] public EventCallback<InspectState> StateChanged { get; set; }

    [Inject] private IModelInspector Inspector { get; set; } = null!;

    [Inject] private HeatDrawing Drawing { get; set; } = null!;

    private static InspectState Usual { get; } = new();

    private int Layer => Math.Min(State.Layer, Reading.Config.LayerCount - 1);

    private int Head => Math.Min(State.Head, Reading.Config.HeadCount - 1);

    private int Token => Math.Min(State.Token ?? int.MaxValue, Reading.Tokens.Count - 1);

    private HeadMixing Mixing => State.Heads switch { "mean" => HeadMixing.Mean, "max" => HeadMixing.Max, _ => HeadMixing.One };

    private string MapTitle => Mixing switch
    {
        HeadMixing.Mean => $"Layer {Layer}, mean of its heads",
        HeadMixing.Max => $"Layer {Layer}, greatest of its heads",
        _ => $"Layer {Layer}, head {Head}",
    };

    private string FileName => $"attention-layer-{Layer}-{(Mixing == HeadMixing.One ? $"head-{Head}" : State.Heads)}{(Reading.Step is { } step ? $"-step-{step}" : "")}";

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var reading = Reading;
        var asked = (reading, Layer, Head, Mixing, Token, State.Start, State.Beside);
        if (Equals(asked, _asked)) return;
        _asked = asked;
        var window = TokenWindow.At(State.Start, reading.Tokens.Count);
        var (layer, head, mixing, token) = (Layer, Head, Mixing, Token);
        var maps = reading == _read ? _maps : null;
        var picture = await reading.ComputeAsync(trace => AttentionPicture.Of(trace, layer, head, mixing, token, window));
        maps ??= await reading.ComputeAsync(AttentionMaps.Of);
        var beside = await BesideAsync(reading, layer, head, mixing, token, window);
        if (!Equals(asked, _asked)) return; // something else was asked for meanwhile
        if (reading != _read || window != _picture?.Window)
        {
            _names = [.. Enumerable.Range(window.Start, window.Count).Select(i => $"{i} {reading.Tokens[i].Text}")];
            _headNames = [.. Enumerable.Range(0, reading.Config.HeadCount).Select(h => $"head {h}")];
            _axes = new HeatmapNames(_names, _names, "reads", "is looked at", "%{y} → %{x}<br>%{z:.3f}");
        }

        (_read, _maps, _picture, _beside) = (reading, maps, picture, beside);
    }

    /// <summary>The map that stands beside the large one, if any: another head, or the same at another checkpoint.</summary>
    private async Task<ActivationTable?> BesideAsync(PromptReading reading, int layer, int head, HeadMixing mixing, int token, TokenWindow window)
    {
        _problem = null;
        if (OtherHead(State.Beside) is { } other)
            return (await reading.ComputeAsync(trace => AttentionPicture.Of(trace, other.Layer, other.Head, HeadMixing.One, token, window))).Map;
        if (OtherStep(State.Beside) is not { } step) return null;
        try
        {
            var then = await Inspector.ReadAsync(Model with { Step = step }, State.Prompt);
            return (await then.ComputeAsync(trace => AttentionPicture.Of(trace, layer, head, mixing, token, window))).Map;
        }
        catch (ModelUnavailableException e)
        {
            _problem = e.Message;
            return null;
        }
    }

    private (int Layer, int Head)? OtherHead(string? beside)
    {
        if (beside?.StartsWith("head:", StringComparison.Ordinal) != true) return null;
        var parts = beside["head:".Length..].Split('.');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var layer) && layer < Reading.Config.LayerCount
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var head) && head < Reading.Config.HeadCount ? (layer, head) : null;
    }

    private static int? OtherStep(string? beside) =>
        beside?.StartsWith("step:", StringComparison.Ordinal) == true && int.TryParse(beside.AsSpan("step:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;

    private string BesideName(string? beside) =>
        OtherHead(beside) is { } head ? $"layer {head.Layer}, head {head.Head}"
        : OtherStep(beside) is { } step ? $"the same at step {Display.Count(step)}" : "nothing";

    private Task Change(InspectState state) => StateChanged.InvokeAsync(state);

    private Task ChooseToken(int token) => Change(State with { Token = token });
}
