using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Library;
using TinyLM.Lab.Runs;
using TinyLM.Model.Corpora;
using TinyLM.Model.Inspection;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>An experiment for a time on a device: what it consists of, before it starts.</summary>
public sealed partial class ExperimentPlan : IDisposable
{
    /// <summary>Times that a text can be read until it teaches hardly more. Muennighoff et al. 2023, https://arxiv.org/abs/2305.16264.</summary>
    private const int MostRepetitions = 4;

    private static readonly IReadOnlyList<(string, string)> s_kinds = [(KindName(ExperimentKind.IsoFlop), "equal compute (isoFLOP)"), (KindName(ExperimentKind.Grid), "grid")];

    private readonly CancellationTokenSource _disposal = new();
    private IReadOnlyList<(string, string)> _corpora = [], _devices = [("auto", "automatic")];
    private IReadOnlyList<(GroupSpec Group, int Finished, int All)> _earlier = [];
    private IReadOnlyList<CorpusInfo> _library = [];
    private ExperimentOrder _order = new();
    private ScalingExperiment? _plan;
    private string? _problem, _source, _noTraining;
    private bool _isStarting, _isAsking = true;

    /// <summary>Minutes, as typed.</summary>
    [SupplyParameterFromQuery(Name = "minutes")] public string? Minutes { get; set; }

    /// <summary>How the runs lie: <c>isoflop</c> or <c>grid</c>.</summary>
    [SupplyParameterFromQuery(Name = "layout")] public string? Kind { get; set; }

    /// <summary>Id of the corpus.</summary>
    [SupplyParameterFromQuery(Name = "corpus")] public string? Corpus { get; set; }

    /// <summary>The device.</summary>
    [SupplyParameterFromQuery(Name = "device")] public string? Device { get; set; }

    [Inject] private IRunService Runs { get; set; } = null!;

    [Inject] private IRunEstimator Estimator { get; set; } = null!;

    [Inject] private ICorpusLibrary Library { get; set; } = null!;

    [Inject] private IDeviceCatalog Devices { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Inject] private ILogger<ExperimentPlan> Logger { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposal.Cancel();
        _disposal.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _library = Library.List();
        _corpora = [.. _library.Select(corpus => (corpus.Id, corpus.Name))];
        _earlier =
        [
            .. Runs.List().Where(run => run.Group?.Id.StartsWith(ScalingExperiment.GroupPrefix, StringComparison.Ordinal) == true)
                .GroupBy(run => run.Group!.Id).Select(runs => (runs.First().Group!, runs.Count(run => run.Status == RunStatus.Completed), runs.Count())),
        ];
        var report = Devices.Current;
        try
        {
            report ??= await Devices.GetAsync(_disposal.Token);
        }
        catch (OperationCanceledException) when (_disposal.IsCancellationRequested)
        {
            return; // the page was left before the worker answered
        }

        (_isAsking, _noTraining) = (false, report.Problem);
        _devices = [("auto", report.Devices is [var best, ..] ? $"automatic ({best.Id})" : "automatic"), .. report.Devices.Select(device => (device.Id, $"{device.Id}: {device.Name}"))];
        LayOut();
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var corpus = _library.FirstOrDefault(one => one.Id == Corpus);
        _order = new ExperimentOrder
        {
            Kind = Kind == KindName(ExperimentKind.Grid) ? ExperimentKind.Grid : ExperimentKind.IsoFlop,
            Minutes = Minutes is null ? new ExperimentOrder().Minutes : double.TryParse(Minutes, NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes) ? minutes : double.NaN,
            Corpus = corpus?.Id ?? new ExperimentOrder().Corpus,
            TextBytes = corpus is null or { Kind: CorpusKind.Stories } ? null : corpus.ByteCount,
            Device = Device is { Length: > 0 } && _devices.Any(one => one.Item1 == Device) ? Device : "auto",
        };
        LayOut();
    }

    private void LayOut()
    {
        (_plan, _problem) = (null, null);
        if (_isAsking) return;
        try
        {
            _plan = ScalingExperiment.LayOut(_order, spec => Estimator.Estimate(spec).Time);
            _source = _plan is { Runs: [.., var last] } ? Estimator.Estimate(last.Spec).TimeSource : null;
            if (_plan is null) _problem = "Nothing has been timed on this device yet, so a time cannot be filled. Train a short run first, such as the preset Quick.";
        }
        catch (ArgumentException e)
        {
            _problem = e.Message;
        }
    }

    private async Task LaunchAsync()
    {
        if (_plan is not { } plan || _isStarting) return;
        _isStarting = true;
        try
        {
            await Runs.StartAllAsync([.. plan.Runs.Select(run => run.Spec)]);
            Navigation.NavigateTo(Addresses.Experiment(plan.Group.Id));
        }
        catch (InvalidSpecException e)
        {
            _problem = e.Message;
        }
        catch (Exception e)
        {
            Logger.LogError(e, "An experiment could not be started.");
            _problem = e.Message;
        }
        finally
        {
            _isStarting = false;
        }
    }

    private void Change(string name, object value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { [name] = value }), replace: true);

    private static string KindName(ExperimentKind kind) => kind == ExperimentKind.Grid ? "grid" : "isoflop";

    private static NamedTable Table(ScalingExperiment plan) => new(
        new ActivationTable([.. plan.Runs.SelectMany(run => (float[])[(float)run.Place.Parameters, (float)run.Place.Tokens, (float)run.Place.Compute, run.Spec.Training.Steps, (float)run.Spec.Training.LearningRate, (float)run.Time.TotalSeconds])], plan.Runs.Count, 6),
        [.. plan.Runs.Select(run => run.Spec.Name)], ["parameters", "tokens", "operations", "steps", "learning rate", "seconds"]);
}
