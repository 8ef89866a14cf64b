using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Models;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Components.Pages.Inspect;

/// <summary>Switches parts of the model off, or puts in numbers of another prompt, and shows what that does.</summary>
public sealed partial class AblateView : IDisposable
{
    private const int TextLength = 40;

    private IReadOnlyList<ModelChange> _changes = [];
    private object? _asked;
    private PromptReading? _source;
    private string? _sourceGuess;
    private int _sourceGuessId;
    private ChangeOutcome? _outcome;
    private ActivationTable? _rises;
    private ActivationTable? _shares;
    private CancellationTokenSource? _sweep;
    private bool _isSweeping;
    private string? _problem;
    private int _patchLayer;
    private int _patchToken;
    private string[] _layerNames = [];
    private string[] _partNames = [];
    private string[] _names = [];

    /// <summary>What was read, without changes.</summary>
    [Parameter, EditorRequired] public required PromptReading Reading { get; set; }

    /// <summary>Who read.</summary>
    [Parameter, EditorRequired] public required ModelReference Model { get; set; }

    /// <summary>What is in view.</summary>
    [Parameter, EditorRequired] public required InspectState State { get; set; }

    /// <summary>Told what to show.</summary>
    [Parameter] public EventCallback<InspectState> StateChanged { get; set; }

    [Inject] private IModelInspector Inspector { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var (reading, model) = (Reading, Model with { Step = Reading.Step });
        var asked = (reading, State.Changes, State.Source);
        if (Equals(asked, _asked)) return;
        if (_asked is ValueTuple<PromptReading, string?, string?> before && (before.Item1 != reading || before.Item3 != State.Source)) (_rises, _shares) = (null, null);
        _asked = asked;
        _changes = ModelChange.Parse(State.Changes);
        (_layerNames, _partNames) = ([.. Enumerable.Range(0, reading.Config.LayerCount).Select(layer => $"layer {layer}")],
            [.. Enumerable.Range(0, reading.Config.HeadCount).Select(head => $"head {head}"), "attention", "feed-forward"]);
        _names = [.. reading.Tokens.Select((token, i) => $"{i} {token.Text}")];
        try
        {
            var source = State.Source is { } text ? await Inspector.ReadAsync(model, text) : null;
            var interventions = await InterventionsAsync(source);
            var plain = await SideAsync(model, reading, []);
            var changed = interventions.Count == 0 ? plain : await SideAsync(model, await Inspector.ReadAsync(model, State.Prompt, interventions), interventions);
            var guess = source is null ? 0 : Predictions.Likeliest((await LogitsAsync(source)), 1)[0];
            if (!Equals(asked, _asked)) return; // something else was asked for meanwhile
            (_outcome, _source, _sourceGuessId, _problem) = (ChangeOutcome.Of(plain, changed), source, guess, null);
            _sourceGuess = source is null ? null : TokenText.Of(source.Tokenizer, guess);
            if (interventions.Count < _changes.Count) _problem = "Some changes are of parts that this model does not have, or of another prompt that is not given; they are passed over.";
        }
        catch (Exception e) when (e is ModelUnavailableException or ArgumentException)
        {
            if (Equals(asked, _asked)) _problem = e.Message;
        }
    }

    private async Task<IReadOnlyList<Intervention>> InterventionsAsync(PromptReading? source)
    {
        var changes = _changes;
        var config = Reading.Config;
        var last = Reading.Tokens.Count;
        IReadOnlyList<Intervention?> made = source is null
            ? [.. changes.Select(change => change.ToIntervention(config, null))]
            : await source.ComputeAsync<IReadOnlyList<Intervention?>>(trace => [.. changes.Select(change => change.IsPatch && change.Index >= last ? null : change.ToIntervention(config, trace))]);
        return [.. made.OfType<Intervention>()];
    }

    private async Task<ChangeSide> SideAsync(ModelReference model, PromptReading reading, IReadOnlyList<Intervention> interventions)
    {
        var (loss, logits) = await reading.ComputeAsync(trace => (InterventionStudy.MeanLoss(trace), trace.Logits(trace.Config.LayerCount, trace.Tokens.Count - 1, 1).Values));
        return new ChangeSide(loss, logits, await Inspector.WriteAsync(model, State.Prompt, TextLength, interventions));
    }

    private static Task<float[]> LogitsAsync(PromptReading reading) => reading.ComputeAsync(trace => trace.Logits(trace.Config.LayerCount, trace.Tokens.Count - 1, 1).Values);

    private async Task SweepAsync(Func<CancellationToken, Task> sweep)
    {
        using var cancellation = _sweep = new CancellationTokenSource();
        _isSweeping = true;
        try
        {
            await sweep(cancellation.Token);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Cancelled by a person, or the page was left.
        }
        finally
        {
            (_isSweeping, _sweep) = (false, null);
        }
    }

    private async Task AblateEach(CancellationToken cancellationToken)
    {
        if (Reading.Tokens.Count < 2) return;
        _rises = await Reading.ComputeAsync(trace => InterventionStudy.AblateEach(trace, cancellationToken), cancellationToken);
    }

    private async Task PatchEach(CancellationToken cancellationToken)
    {
        if (_source is not { } source) return;
        var (token, other) = (_sourceGuessId, await source.ComputeAsync(trace => trace, cancellationToken));
        _shares = await Reading.ComputeAsync(trace => InterventionStudy.PatchEach(trace, other, token, cancellationToken), cancellationToken);
    }

    private Task Turn(ModelChange change) =>
        Change(State with { Changes = ModelChange.Write(_changes.Contains(change) ? _changes.Where(one => one != change) : _changes.Append(change)) });

    private bool IsLayerOff(int layer) => _changes.Contains(ModelChange.OfAttention(layer)) && _changes.Contains(ModelChange.OfFeedForward(layer));

    private Task TurnLayer(int layer)
    {
        ModelChange[] both = [ModelChange.OfAttention(layer), ModelChange.OfFeedForward(layer)];
        return Change(State with { Changes = ModelChange.Write(IsLayerOff(layer) ? _changes.Except(both) : _changes.Union(both)) });
    }

    private Task Change(InspectState state) => StateChanged.InvokeAsync(state);

    private string PairName(int index)
    {
        var here = index < Reading.Tokens.Count ? Reading.Tokens[index].Text : Display.None;
        var there = _source is { } source && index < source.Tokens.Count ? source.Tokens[index].Text : Display.None;
        return here == there ? $"{index} {here}" : $"{index} {there} for {here}";
    }

    private static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    /// <inheritdoc/>
    public void Dispose() => _sweep?.Cancel();
}
