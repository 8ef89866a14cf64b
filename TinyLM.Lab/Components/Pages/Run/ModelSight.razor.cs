using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Models;
using TinyLM.Model.Inspection;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.Run;

/// <summary>What a run learned from first, and how its newest checkpoint takes a text that it does not learn from. Read when a person asks.</summary>
public sealed partial class ModelSight : IDisposable
{
    private const string FirstBatchView = "batch";
    private const string LossView = "loss";

    /// <summary>Tokens of a document that are looked at: a page of text.</summary>
    private const int MostTokens = 400;

    private static readonly string[] s_rows = ["loss"];

    private readonly CancellationTokenSource _disposal = new();
    private (string RunId, string? See, int Document, int? Step)? _read;
    private FirstBatch? _batch;
    private TokenLosses? _losses;
    private ActivationTable? _table;
    private IReadOnlyList<string> _names = [];
    private string? _problem;
    private bool _isBusy;
    private int _shown = 4;

    /// <summary>Id of the run.</summary>
    [Parameter, EditorRequired] public required string RunId { get; set; }

    /// <summary>Its checkpoints, in order of steps.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<CheckpointEvent> Checkpoints { get; set; }

    /// <summary>What is shown: <c>batch</c>, <c>loss</c>; nothing else.</summary>
    [Parameter] public string? See { get; set; }

    /// <summary>Number of the document, from 0.</summary>
    [Parameter] public int Document { get; set; }

    /// <summary>Told what to show, and which document.</summary>
    [Parameter] public EventCallback<(string? See, int Document)> Chosen { get; set; }

    [Inject] private ITrainingTexts Texts { get; set; } = null!;

    [Inject] private IModelInspector Inspector { get; set; } = null!;

    private bool HasCheckpoint => Checkpoints.Count > 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposal.Cancel();
        _disposal.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var wanted = (RunId, See, Document, See == LossView && Checkpoints is [.., var newest] ? newest.Step : (int?)null);
        if (wanted == _read) return;
        _read = wanted;
        _problem = null;
        if (See is not (FirstBatchView or LossView)) return;
        _isBusy = true;
        try
        {
            if (See == FirstBatchView) await ReadBatchAsync();
            else await ReadLossesAsync();
        }
        catch (Exception e) when (e is TrainingTextException or ModelUnavailableException)
        {
            if (_read == wanted) _problem = e.Message;
        }
        catch (OperationCanceledException) when (_disposal.IsCancellationRequested)
        {
            return; // the page was left
        }
        finally
        {
            _isBusy &= _read != wanted; // a later reading is still at work
        }

        async Task ReadBatchAsync()
        {
            var batch = await Texts.ReadFirstBatchAsync(RunId, _disposal.Token);
            if (_read == wanted) _batch = batch;
        }

        async Task ReadLossesAsync()
        {
            var tokens = await Texts.ReadValidationDocumentAsync(RunId, Document, MostTokens, _disposal.Token);
            if (tokens is not { Count: > 1 }) throw new TrainingTextException(Document == 0 ? "There is no text set apart to measure on." : $"There is no document {Document + 1} among those set apart.");
            var losses = await Inspector.MeasureLossesAsync(ModelReference.OfRun(RunId), tokens, _disposal.Token);
            if (_read != wanted) return;
            _losses = losses;
            _table = new ActivationTable([.. losses.Figures.Select(figures => (float)figures.Loss)], 1, losses.Figures.Count);
            _names = [.. losses.Tokens.Skip(1).Select(token => token.Text)];
        }
    }

    private Task ShowAsync(string view) => Chosen.InvokeAsync((See == view ? null : view, Document));

    private Task ChooseAsync(int document) => Chosen.InvokeAsync((See, document));

    private static string Title(TokenFigures figures) => string.Create(
        CultureInfo.InvariantCulture, $"loss {figures.Loss:0.000} nats, probability {Display.Chance(figures.Probability)}, {(figures.Rank == 0 ? "the likeliest" : $"{figures.Rank:N0} held likelier")}");

    private static string Count(int number, string noun) => $"{Display.Count(number)} {noun}{(number == 1 ? "" : "s")}";
}
