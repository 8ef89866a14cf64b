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
    private static readonly string[] s_tokenRows = ["looks at", "is looked at by"];

    private HeatmapChart? _chart;
    private HeatmapChart? _besideChart;
    private ElementReference _arcs;
    private PromptReading? _read;
    private object? _asked;
    private AttentionMaps? _maps;
    private AttentionPicture? _picture;
    private PromptReading? _mapsOf;
    private BesideMap? _beside;
    private HeatmapNames _axes = null!;
    private ElementReference _grid;
    private ElementReference _weights;
    private IReadOnlyList<string> _headNames = [];
    private string? _problem;

    /// <summary>What was read.</summary>
    [Parameter, EditorRequired] public required PromptReading Reading { get; set; }

    /// <summary>Who read.</summary>
    [Parameter, EditorRequired] public required ModelReference Model { get; set; }

    /// <summary>Every model that it may be compared with, and its name.</summary>
    [Parameter] public IReadOnlyList<(string Key, string Name)> Models { get; set; } = [];

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

    private string MapTitle => NameOf(Layer, Head, Mixing);

    private string FileName => $"attention-layer-{Layer}-{(Mixing == HeadMixing.One ? $"head-{Head}" : State.Heads)}{(Reading.Step is { } step ? $"-step-{step}" : "")}";

    /// <summary>What a map shows, in words.</summary>
    internal static string NameOf(int layer, int head, HeadMixing mixing) => mixing switch
    {
        HeadMixing.Mean => $"Layer {layer}, mean of its heads",
        HeadMixing.Max => $"Layer {layer}, greatest of its heads",
        _ => $"Layer {layer}, head {head}",
    };

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var (reading, state) = (Reading, State);
        var asked = (reading, Layer, Head, Mixing, Token, state.Start, state.Beside, state.BesideHead);
        if (Equals(asked, _asked)) return;
        _asked = asked;
        var window = TokenWindow.At(state.Start, reading.Tokens.Count);
        var (layer, head, mixing, token) = (Layer, Head, Mixing, Token);
        var picture = await reading.ComputeAsync(trace => AttentionPicture.Of(trace, layer, head, mixing, token, window));
        if (!Equals(asked, _asked)) return; // something else was asked for meanwhile
        if (reading != _read || window != _picture?.Window)
        {
            _axes = BesideMap.NamesOf(reading, window);
            _headNames = [.. Enumerable.Range(0, reading.Config.HeadCount).Select(h => $"head {h}")];
        }

        (_read, _picture) = (reading, picture);
        StateHasChanged(); // of a long prompt in a large model, the small pictures take longer
        if (_mapsOf != reading)
        {
            var maps = await reading.ComputeAsync(AttentionMaps.Of);
            if (reading != Reading) return;
            (_mapsOf, _maps) = (reading, maps);
        }

        var (beside, problem) = await BesideAsync(reading, state, mixing);
        if (Equals(asked, _asked)) (_beside, _problem) = (beside, problem);
    }

    private async Task<(BesideMap? Map, string? Problem)> BesideAsync(PromptReading reading, InspectState state, HeadMixing mixing)
    {
        if (state is { Beside: null, BesideHead: null }) return (null, null);
        try
        {
            var beside = state.Beside is { } model ? await Inspector.ReadAsync(model, state.Prompt) : reading;
            return (await BesideMap.TakeAsync(state, reading, beside, mixing), null);
        }
        catch (ModelUnavailableException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>The attention of every head within the window: a row for each query of each head.</summary>
    private async Task<NamedTable> AllHeads()
    {
        var (reading, window) = (Reading, _picture!.Window);
        var (layers, heads) = (reading.Config.LayerCount, reading.Config.HeadCount);
        var columns = _axes.Columns;
        var values = await reading.ComputeAsync(trace =>
        {
            var all = new ActivationTable(new float[layers * heads * window.Count * window.Count], layers * heads * window.Count, window.Count);
            for (var i = 0; i < layers * heads; i++)
                trace.Attention(i / heads, i % heads, window.Start, window.Count).SliceColumns(window.Start, window.Count).Values.CopyTo(all.Values, i * window.Count * window.Count);
            return all;
        });
        return new NamedTable(values, [.. Enumerable.Range(0, values.Rows).Select(row => $"{row / window.Count / heads}.{row / window.Count % heads} {columns[row % window.Count]}")], columns);
    }

    private static ActivationTable TokenTable(AttentionPicture picture) => new([.. picture.From, .. picture.To], 2, picture.Window.Count);

    private Task Change(InspectState state) => StateChanged.InvokeAsync(state);

    private Task ChooseToken(int token) => Change(State with { Token = token });
}
