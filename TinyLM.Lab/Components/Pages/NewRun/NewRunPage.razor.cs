using Microsoft.AspNetCore.Components;
using MudBlazor;
using TinyLM.Lab.Components.Controls;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Sweeps;
using TinyLM.Lab.Security;
using TinyLM.Model.Corpora;
using TinyLM.Model.Runs;
using TinyLM.Model.Scaling;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Components.Pages.NewRun;

/// <summary>A preset or own settings, what they cost, and the start. Nothing starts while a rule is broken.</summary>
public sealed partial class NewRunPage : IDisposable
{
    /// <summary>Most tokens that an address can ask for: beyond what anybody trains.</summary>
    private const double MostTokens = 1e15;

    private readonly CancellationTokenSource _disposal = new();
    private readonly HashSet<SpecSetting> _notNumbers = [];
    private RunSpec _spec = RunPresets.Quick.Spec;
    private SpecProblems _problems = new(RunPresets.Quick.Spec);
    private IReadOnlyList<string> _refusals = [];
    private IReadOnlyList<CorpusInfo> _library = [];
    private IReadOnlyList<(string, string)> _corpora = [];
    private IReadOnlyList<(string, string)> _devices = [("auto", "automatic")];
    private IReadOnlyList<SavedPreset> _saved = [];
    private RunEstimate? _estimate;
    private string? _noTraining, _beginProblem;
    private DeviceReport? _report;
    private SweepRuns? _sweep;
    private bool _isSweep, _isStarting, _hasStarted, _knowsSpeed;

    /// <summary>Preset to begin with.</summary>
    [SupplyParameterFromQuery] public string? Preset { get; set; }

    /// <summary>Run whose settings to begin with.</summary>
    [SupplyParameterFromQuery] public string? Run { get; set; }

    /// <summary>Model whose weights to begin with, as <see cref="RunSpec.StartFrom"/> names it.</summary>
    [SupplyParameterFromQuery] public string? From { get; set; }

    /// <summary>Size to begin with, in parameters.</summary>
    [SupplyParameterFromQuery(Name = "size")] public string? ParameterCount { get; set; }

    /// <summary>Tokens to learn from, beside a size and a run of an experiment.</summary>
    [SupplyParameterFromQuery(Name = "tokens")] public string? TokenCount { get; set; }

    /// <summary>Corpus to begin with.</summary>
    [SupplyParameterFromQuery(Name = "corpus")] public string? CorpusId { get; set; }

    /// <summary>Tokenizer of the library to begin with.</summary>
    [SupplyParameterFromQuery(Name = "tokenizer")] public string? TokenizerId { get; set; }

    [Inject] private IRunService Runs { get; set; } = null!;

    [Inject] private IRunEstimator Estimator { get; set; } = null!;

    [Inject] private ICorpusLibrary Library { get; set; } = null!;

    [Inject] private ITokenizerLibrary Tokenizers { get; set; } = null!;

    [Inject] private IPresetLibrary Presets { get; set; } = null!;

    [Inject] private IStartModel Start { get; set; } = null!;

    [Inject] private IDialogService Dialogs { get; set; } = null!;

    [Inject] private RunCommands Commands { get; set; } = null!;

    [Inject] private IDeviceCatalog Devices { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Inject] private ILogger<NewRunPage> Logger { get; set; } = null!;

    private CorpusInfo? Corpus => _library.FirstOrDefault(corpus => corpus.Id == _spec.Data.Corpus);

    private IEnumerable<string> Problems => _problems.All
        .Concat(_notNumbers.Select(setting => $"{setting.Label}: what stands there is not a number."))
        .Concat(_refusals);

    private bool MayStart => !_isStarting && !_hasStarted && _noTraining is null && !Problems.Any() && _isSweep == _sweep is not null;

    private IEnumerable<(string, string)> Names => _library.Select(corpus => (corpus.Id, corpus.Name));

    /// <summary>The text that the preset is made for, where it is not the one that is chosen.</summary>
    private PresetText? MissingText => RunPresets.All.FirstOrDefault(preset => preset.Id == _spec.Preset)?.Text is { } text && Corpus?.Name.Contains(text.Keyword, StringComparison.OrdinalIgnoreCase) != true ? text : null;

    private TrainingDevice? Device => _report?.Devices.FirstOrDefault(device => _spec.Training.Device is "auto" or "cuda" || device.Id == _spec.Training.Device);

    private bool IsTooLarge => _estimate is not null && Device is { MemoryBytes: > 0 } device && _estimate.MemoryBytes > device.MemoryBytes;

    private TimeSpan? SweepTime => _sweep?.Runs.Select(run => Estimator.Estimate(run).Time).Aggregate((TimeSpan?)TimeSpan.Zero, (sum, time) => sum + time);

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _library = Library.List();
        _saved = Presets.List();
        _corpora = [.. _library.Select(corpus => (corpus.Id, $"{corpus.Name} ({Display.Bytes(corpus.ByteCount)})"))];
        Take(Beginning());
        await BeginWithModelAsync();
        var report = Devices.Current;
        try
        {
            report ??= await Devices.GetAsync(_disposal.Token);
        }
        catch (OperationCanceledException) when (_disposal.IsCancellationRequested)
        {
            return; // the page was left before the worker answered
        }

        (_report, _noTraining) = (report, report.Problem);
        Change(_spec); // the speed of the devices tells the time
        _devices = [("auto", report.Devices is [var best, ..] ? $"automatic ({best.Id})" : "automatic"), .. report.Devices.Select(device => (device.Id, $"{device.Id}: {device.Name}"))];
    }

    private async Task BeginWithModelAsync()
    {
        if (!ModelReference.TryParse(From, out var model)) return;
        try
        {
            // A run's checkpoint goes on with the run's text and settings; of an imported model only the weights are known.
            var spec = model.Origin == ModelOrigin.Run && Runs.Find(model.Id) is not null ? Runs.GetSpec(model.Id) with { Name = "", Group = null } : _spec with { Name = "" };
            Take(await Start.BeginWithAsync(spec, model, _disposal.Token));
        }
        catch (Exception e) when (e is ModelUnavailableException or TinyLM.Model.Checkpoints.CheckpointException or IOException)
        {
            _beginProblem = e.Message;
        }
    }

    /// <summary>A number of an address, such as 3000000 or 3M; null where it is none that is above 0.</summary>
    private static double? Number(string? text) => text is not null && ScaledNumber.TryParse(text, out var value) && value is >= 1 and < double.PositiveInfinity ? value : null;

    private bool IsOfExperiment => Run is not null && Runs.Find(Run)?.Group?.Id.StartsWith(ScalingExperiment.GroupPrefix, StringComparison.Ordinal) == true;

    private RunSpec Beginning()
    {
        var spec = Run is not null && Runs.Find(Run) is not null
            ? Runs.GetSpec(Run) with { Group = null }
            : (RunPresets.All.FirstOrDefault(preset => preset.Id == Preset) ?? RunPresets.Quick).With(Names);
        if (Number(ParameterCount) is { } size)
        {
            var shaped = OneDial.OfSize(spec, size);
            spec = Number(TokenCount) is not (<= MostTokens and var tokens) ? shaped
                : IsOfExperiment ? ExperimentRule.Next(spec, size, tokens)
                : shaped with { Training = OneDial.Plan(shaped.Model, shaped.Training, tokens) };
        }

        if (TokenizerId is not null && Tokenizers.Find(TokenizerId) is { } tokenizer) spec = TokenizerField.With(spec, tokenizer) with { Name = "" };
        return _library.Any(corpus => corpus.Id == CorpusId) ? spec with { Name = "", Data = spec.Data with { Corpus = CorpusId! } } : spec;
    }

    private void Take(RunSpec spec)
    {
        _notNumbers.Clear();
        Change(spec);
    }

    private void Change(RunSpec spec)
    {
        _spec = spec;
        _refusals = [];
        _problems = new SpecProblems(spec);
        _estimate = _problems.All.Count == 0 ? Estimator.Estimate(spec) : null;
        _knowsSpeed |= _estimate?.Time is not null;
    }

    private string TokensPerParameter => _estimate is { ParameterCount: > 0 } cost
        ? $"{Display.Compact((double)cost.TotalTokens / cost.ParameterCount)} ({Display.Compact((double)cost.TotalTokens / cost.ParameterCount / OneDial.TokensPerParameter)} × Chinchilla)"
        : Display.None;

    private async Task SavePresetAsync()
    {
        var dialog = await Dialogs.ShowAsync<TextDialog>("Save as a preset", new DialogParameters<TextDialog>
        {
            { one => one.Label, "Title" }, { one => one.Text, _spec.Name }, { one => one.Action, "Save" }, { one => one.MaxLength, 80 },
        });
        if (await dialog.Result is not { Canceled: false, Data: string title }) return;
        await Commands.DoAsync(_ => Task.FromResult(Presets.Save(title, _spec)));
        _saved = Presets.List();
    }

    private void DeletePreset(SavedPreset preset)
    {
        Presets.Delete(preset.Id);
        _saved = Presets.List();
    }

    private void ChangePrompts(string? text) => Change(_spec with { SamplePrompts = (text ?? "").Split('\n') });

    private void Mark(SpecSetting setting, bool isNumber)
    {
        if (isNumber) _notNumbers.Remove(setting);
        else _notNumbers.Add(setting);
    }

    private async Task StartAsync()
    {
        if (!MayStart) return;
        _isStarting = true;
        try
        {
            if (_sweep is { } sweep)
            {
                await Runs.StartAllAsync(sweep.Runs);
                _hasStarted = true;
                Navigation.NavigateTo(Addresses.Group(sweep.Group.Id));
                return;
            }

            var run = await Runs.StartAsync(_spec);
            _hasStarted = true;
            Navigation.NavigateTo($"/runs/{run.Id}");
        }
        catch (InvalidSpecException e)
        {
            _refusals = e.Problems;
        }
        catch (Exception e) when (e is NotAllowedException or LimitReachedException)
        {
            _refusals = [e.Message];
        }
        catch (Exception e)
        {
            Logger.LogError(e, "A run could not be started.");
            _refusals = [e.Message];
        }
        finally
        {
            _isStarting = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposal.Cancel();
        _disposal.Dispose();
    }
}
