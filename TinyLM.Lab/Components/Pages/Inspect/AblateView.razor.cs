using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Heat;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Models;
using TinyLM.Model.Corpora;
using TinyLM.Model.Data;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Components.Pages.Inspect;

/// <summary>Switches parts of the model off, or puts in numbers of another prompt, and shows what that does.</summary>
public sealed partial class AblateView : IDisposable
{
    private const int TextLength = 40;

    private IReadOnlyList<ModelChange> _changes = [];
    private object? _asked;
    private object? _swept;
    private PromptReading? _source;
    private (PromptReading Reading, ChangeSide Side)? _plain;
    private string? _sourceGuess;
    private int _sourceGuessId;
    private ChangeOutcome? _outcome;
    private ActivationTable? _rises;
    private (ModelPart Part, ActivationTable Table)? _shares;
    private CancellationTokenSource? _sweep;
    private (int Done, int Total)? _progress;
    private string? _problem;
    private ModelPart _patchPart = ModelPart.Residual;
    private int _patchLayer;
    private int _patchHead;
    private int? _patchToken = 0;
    private string[] _layerNames = [];
    private string[] _headNames = [];
    private string[] _partNames = [];
    private string[] _names = [];
    private ElementReference _effect;

    /// <summary>What was read, without changes.</summary>
    [Parameter, EditorRequired] public required PromptReading Reading { get; set; }

    /// <summary>Who read.</summary>
    [Parameter, EditorRequired] public required ModelReference Model { get; set; }

    /// <summary>What is in view.</summary>
    [Parameter, EditorRequired] public required InspectState State { get; set; }

    /// <summary>Told what to show.</summary>
    [Parameter] public EventCallback<InspectState> StateChanged { get; set; }

    [Inject] private IModelInspector Inspector { get; set; } = null!;

    [Inject] private HeatDrawing Drawing { get; set; } = null!;

    private ModelReference Reader => Model with { Step = Reading.Step };

    private bool IsMean => State.Ablate == "mean";

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var (reading, state) = (Reading, State);
        var asked = (reading, state.Changes, state.Source, state.Ablate);
        if (Equals(asked, _asked)) return;
        _asked = asked;
        Forget((reading, state.Source, state.Ablate));
        _changes = ModelChange.Parse(state.Changes);
        Name(reading);
        try
        {
            var source = state.Source is { } text ? await Inspector.ReadAsync(Reader, text) : null;
            var interventions = await InterventionsAsync(reading, source);
            var plain = _plain is { } known && known.Reading == reading ? known.Side : await MeasureAsync(reading);
            var changed = interventions.Count == 0 ? plain : await MeasureAsync(await reading.WithAsync(interventions));
            var guess = source is null ? 0 : Predictions.Likeliest(await LogitsAsync(source), 1)[0];
            if (!Equals(asked, _asked)) return; // something else was asked for meanwhile
            (_outcome, _source, _sourceGuessId) = (ChangeOutcome.Of(plain, changed), source, guess);
            _sourceGuess = source is null ? null : TokenText.Of(source.Tokenizer, guess);
            StateHasChanged(); // the texts take longer

            plain = plain.Text is null ? plain with { Text = await WriteAsync([]) } : plain;
            changed = interventions.Count == 0 ? plain : changed with { Text = await WriteAsync(interventions) };
            if (!Equals(asked, _asked)) return;
            (_plain, _outcome) = ((reading, plain), ChangeOutcome.Of(plain, changed));
        }
        catch (Exception e) when (e is ModelUnavailableException or ArgumentException or CorpusFormatException or ShardFormatException or IOException)
        {
            if (Equals(asked, _asked)) _problem = e.Message;
        }

        Task<string> WriteAsync(IReadOnlyList<Intervention> interventions) => Inspector.WriteAsync(Reader, state.Prompt, TextLength, interventions);
    }

    /// <summary>Drops what was found of another prompt or checkpoint, and ends what is still being found of it.</summary>
    private void Forget(object swept)
    {
        if (Equals(swept, _swept)) return;
        _swept = swept;
        (_rises, _shares) = (null, null);
        _sweep?.Cancel();
    }

    private void Name(PromptReading reading)
    {
        _layerNames = [.. Enumerable.Range(0, reading.Config.LayerCount).Select(layer => $"layer {layer}")];
        _headNames = [.. Enumerable.Range(0, reading.Config.HeadCount).Select(head => $"head {head}")];
        _partNames = [.. _headNames, "attention", "feed-forward"];
        _names = [.. reading.Tokens.Select((token, i) => $"{i} {token.Text}")];
    }

    private async Task<IReadOnlyList<Intervention>> InterventionsAsync(PromptReading reading, PromptReading? source)
    {
        var (changes, count) = (_changes, reading.Tokens.Count);
        var means = changes.Any(change => !change.IsPatch) ? await MeansAsync() : null;
        var patches = source is null ? [] : await source.ComputeAsync<Dictionary<ModelChange, IReadOnlyList<Intervention>>>(
            trace => changes.Where(change => change.IsPatch).ToDictionary(change => change, change => change.ToPatches(trace, count)));
        IReadOnlyList<Intervention>[] made = [.. changes.Select(change => change.IsPatch ? patches.GetValueOrDefault(change) ?? []
            : change.ToAblation(reading.Config, means) is { } one ? (IReadOnlyList<Intervention>)[one] : [])];
        _problem = made.Any(one => one.Count == 0) ? "Some changes are of parts that this model does not have, or of another prompt that is not given; they are passed over." : null;
        return [.. made.SelectMany(one => one)];
    }

    private async Task<ActivationMeans?> MeansAsync() => IsMean ? await Inspector.MeasureMeansAsync(Reader) : null;

    private static async Task<ChangeSide> MeasureAsync(PromptReading reading)
    {
        var loss = await reading.ComputeAsync(InterventionStudy.MeanLoss);
        return new ChangeSide(loss, await LogitsAsync(reading), Text: null);
    }

    private static Task<float[]> LogitsAsync(PromptReading reading) => reading.ComputeAsync(trace => trace.Logits(trace.Config.LayerCount, trace.Tokens.Count - 1, 1).Values);

    private Task AblateEach() => SweepAsync(async cancellationToken =>
    {
        var (reading, means) = (Reading, await MeansAsync());
        IEnumerator<float>? rises = null;
        _rises = await FillAsync(
            reading.Config.LayerCount,
            reading.Config.HeadCount + 2,
            () => reading.ComputeAsync(trace => Next(rises ??= InterventionStudy.AblateEach(trace, means, cancellationToken).GetEnumerator()), cancellationToken));
    });

    private Task PatchEach() => SweepAsync(async cancellationToken =>
    {
        if (_source is not { } source) return;
        var (reading, part, token) = (Reading, _patchPart, _sourceGuessId);
        IEnumerator<float>? shares = null;
        _shares = (part, await FillAsync(
            reading.Config.LayerCount,
            part == ModelPart.Head ? reading.Config.HeadCount : reading.Tokens.Count,
            () => reading.ComputeAsync(
                source,
                (trace, other) => Next(shares ??= InterventionStudy.PatchEach(trace, other, ModelChange.SiteOf(part), token, cancellationToken).GetEnumerator()),
                cancellationToken)));
    });

    private static float Next(IEnumerator<float> numbers)
    {
        numbers.MoveNext();
        return numbers.Current;
    }

    /// <summary>Fills a table number by number, each in a turn of its own, so that other questions pass between.</summary>
    private async Task<ActivationTable> FillAsync(int rows, int columns, Func<Task<float>> next)
    {
        var table = new ActivationTable(new float[rows * columns], rows, columns);
        for (var i = 0; i < table.Values.Length; i++)
        {
            table.Values[i] = await next();
            _progress = (i + 1, table.Values.Length);
            if (i % columns == columns - 1) StateHasChanged();
        }

        return table;
    }

    private async Task SweepAsync(Func<CancellationToken, Task> sweep)
    {
        using var cancellation = _sweep = new CancellationTokenSource();
        _progress = (0, 0);
        try
        {
            await sweep(cancellation.Token);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Cancelled by a person, or another prompt or checkpoint is in view, or the page was left.
        }
        catch (Exception e) when (e is ModelUnavailableException or CorpusFormatException or ShardFormatException or IOException)
        {
            _problem = e.Message;
        }
        finally
        {
            (_progress, _sweep) = (null, null);
        }
    }

    private Task Turn(ModelChange change) =>
        Change(State with { Changes = ModelChange.Write(_changes.Contains(change) ? _changes.Where(one => one != change) : _changes.Append(change)) });

    private Task PutIn() => Turn(new ModelChange(_patchPart, _patchLayer, _patchPart == ModelPart.Head ? _patchHead : 0) { IsPatch = true, Token = _patchToken });

    private static ModelChange[] BothOf(int layer) => [new(ModelPart.Attention, layer), new(ModelPart.FeedForward, layer)];

    private bool IsLayerOff(int layer) => BothOf(layer).All(_changes.Contains);

    private Task TurnLayer(int layer) => Change(State with { Changes = ModelChange.Write(IsLayerOff(layer) ? _changes.Except(BothOf(layer)) : _changes.Union(BothOf(layer))) });

    private Task Change(InspectState state) => StateChanged.InvokeAsync(state);

    private string NameOf(ModelChange patch) => $"{NameOf(patch.Part)} {(patch.Part == ModelPart.Head ? $"{patch.Layer}.{patch.Head}" : $"of layer {patch.Layer}")}, {PairName(patch.Token)}";

    private static string NameOf(ModelPart part) => part switch
    {
        ModelPart.Head => "head",
        ModelPart.Attention => "attention",
        ModelPart.FeedForward => "feed-forward",
        _ => "residual stream",
    };

    private string PairName(int? token)
    {
        if (token is not { } index) return "all tokens";
        var here = index < Reading.Tokens.Count ? Reading.Tokens[index].Text : Display.None;
        var there = _source is { } source && index < source.Tokens.Count ? source.Tokens[index].Text : Display.None;
        return here == there ? $"{index} {here}" : $"{index} {there} for {here}";
    }

    /// <summary>Everything that the effect shows, as one table.</summary>
    private Task<NamedTable> OutcomeTable()
    {
        var outcome = _outcome!;
        string[] rows = ["loss over the prompt (nats)", "divergence of the next token (nats)", .. outcome.Candidates.Select(one => $"probability of {TokenText.Of(Reading.Tokenizer, one.Id)}")];
        float[] values = [(float)outcome.Before.Loss, (float)outcome.After.Loss, 0, (float)outcome.Divergence, .. outcome.Candidates.SelectMany(one => new[] { (float)one.Before, (float)one.After })];
        return Task.FromResult(new NamedTable(new ActivationTable(values, rows.Length, 2), rows, ["before", "after"]));
    }

    private static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    /// <inheritdoc/>
    public void Dispose() => _sweep?.Cancel();
}
