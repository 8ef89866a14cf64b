using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Laws;
using TinyLM.Model.Runs;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>The runs of an experiment as they go on, and the law once they are done.</summary>
public sealed partial class ExperimentRuns : LiveComponent
{
    private static readonly LawAxes s_axes = new("parameters", "loss, nats per token", IsYLogarithmic: false);

    private readonly CancellationTokenSource _leaving = new();
    private IReadOnlyList<RunSummary> _runs = [], _finished = [];
    private IReadOnlyList<(LossPoint Point, RunSummary? Run)> _fitted = [];
    private IReadOnlyList<LawCurve> _soFar = [];
    private GroupSpec? _group;
    private LawReport? _report;
    private double? _floor;
    private string? _problem;
    private bool _isFitting, _hasTriedAll;

    /// <summary>Id of its group.</summary>
    [Parameter, EditorRequired] public required string Id { get; set; }

    [Inject] private IRunService Runs { get; set; } = null!;

    [Inject] private IRunEstimator Estimator { get; set; } = null!;

    [Inject] private ILawFitter Fitter { get; set; } = null!;

    [Inject] private RunCommands Commands { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => Audience.Pace(TimeSpan.FromSeconds(1));

    private string Standing
    {
        get
        {
            var ended = _runs.Count(run => run.Status.IsTerminal());
            var text = $"{ended} of {_runs.Count} runs have ended";
            if (ended > _finished.Count) text += $", {ended - _finished.Count} of them without a loss";
            return ended == _runs.Count || TimeLeft is not { } left ? text + "." : $"{text}; about {Display.Duration(left)} left.";
        }
    }

    private TimeSpan? TimeLeft => _runs.Where(run => !run.Status.IsTerminal()).Aggregate(
        (TimeSpan?)TimeSpan.Zero,
        (sum, run) => sum + (run.TimeLeft ?? Estimator.Estimate(Runs.GetSpec(run.Id)).Time + TimeSpan.FromSeconds(ScalingExperiment.StartSeconds)));

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await base.DisposeAsync();
        _leaving.Dispose();
    }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => TakeAsync();

    /// <inheritdoc/>
    protected override async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var before = _runs;
        await TakeAsync();
        if (!before.SequenceEqual(_runs)) StateHasChanged();
    }

    private async Task TakeAsync()
    {
        _runs = [.. Runs.List().Where(run => run.Group?.Id == Id).Reverse()];
        _group = _runs is [var first, ..] ? first.Group : null;
        _finished = RunPoints.Finished(_runs);
        _soFar = [new LawCurve("runs that are done", [.. _finished.OrderBy(run => run.ParameterCount).Select(run => ((double)run.ParameterCount, run.ValidationLoss!.Value))], LawCurveLook.Dots, 0)];
        if (_group is null || _hasTriedAll || _finished.Count < LawFitting.FewestPoints || _runs.Any(run => !run.Status.IsTerminal())) return;
        _hasTriedAll = true;
        await FitAsync();
    }

    private async Task FitAsync()
    {
        if (_isFitting) return;
        (_isFitting, _problem) = (true, null);
        var rows = _finished.Select(run => (RunPoints.Of(run), (RunSummary?)run)).ToList();
        StateHasChanged();
        try
        {
            var report = await Fitter.FitAsync([.. rows.Select(row => row.Item1)], _leaving.Token);
            (_report, _fitted) = (report, rows);
            _floor = rows.Select(row => row.Item2!.EntropyFloor).Distinct().ToList() is [{ } only] ? only : null;
        }
        catch (ArgumentException e)
        {
            _problem = e.Message;
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // The page was left.
        }
        finally
        {
            _isFitting = false;
        }

        if (!_leaving.IsCancellationRequested) StateHasChanged();
    }

    private async Task StopAsync()
    {
        foreach (var run in _runs.Where(run => !run.Status.IsTerminal()).Reverse()) await Commands.DoAsync(runs => runs.StopAsync(run.Id)); // the waiting first, so that none begins meanwhile
        await TakeAsync();
    }
}
