using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;

namespace TinyLM.Lab.Components.Pages.Inspect;

/// <summary>What happens within a model between a prompt and its next token: one prompt and one checkpoint, seen in several views.</summary>
public sealed partial class InspectPage : LiveComponent
{
    private static readonly (string View, string Name)[] s_views = [("attention", "Attention"), ("steps", "Step by step"), ("next", "Next token"), ("lens", "Logit lens"), ("embeddings", "Embeddings"), ("change", "Change it")];

    private InspectState _state = new();
    private List<(string Key, string Name)> _choices = [];
    private IReadOnlyList<int> _steps = [];
    private PromptReading? _reading;
    private (ModelReference?, string)? _asked;
    private CancellationTokenSource _cancellation = new();
    private string? _problem;
    private bool _isReading;

    /// <summary>The view; attention where it is none.</summary>
    [Parameter] public string? View { get; set; }

    [Inject] private IRunService Runs { get; set; } = null!;

    [Inject] private IModelHost Models { get; set; } = null!;

    [Inject] private IModelLibrary Library { get; set; } = null!;

    [Inject] private IModelInspector Inspector { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromSeconds(1);

    private string Shown => s_views.Any(one => one.View == View) ? View! : s_views[0].View;

    private string? TokenCount => _reading is { } reading ? $"{Display.Count(reading.Tokens.Count)} tokens with the one that begins a document; the model reads up to {Display.Count(reading.Config.ContextLength)}." : null;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        ListModels();
        _state = InspectState.Parse(Navigation.Uri);
        await ReadAsync();
    }

    /// <inheritdoc/>
    protected override async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var (modelsAreOther, stepsAreOther) = (ListModels(), await ListStepsAsync());
        if (!modelsAreOther && !stepsAreOther) return;
        if (stepsAreOther && _state.Model is { Step: null }) _asked = null; // the newest is another one now
        await ReadAsync();
        StateHasChanged();
    }

    /// <inheritdoc/>
    protected override void OnReconnected() => StateHasChanged(); // what could not be drawn meanwhile is drawn now

    /// <summary>Reads the prompt of the address with its model, unless that was done before.</summary>
    private async Task ReadAsync()
    {
        if (_choices.Count == 0 && _state.Model is null) return;
        if (_state.Model is null) _state = _state with { Model = Newest() };
        var model = _state.Model!;
        if (_asked == (model, _state.Prompt)) return;
        _asked = (model, _state.Prompt);
        var earlier = _cancellation;
        _cancellation = new CancellationTokenSource();
        var cancellationToken = _cancellation.Token;
        _isReading = true;
        await earlier.CancelAsync();
        earlier.Dispose();
        try
        {
            await ListStepsAsync();
            var reading = await Inspector.ReadAsync(model, _state.Prompt, cancellationToken);
            if (cancellationToken.IsCancellationRequested) return;
            (_reading, _problem) = (reading, null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return; // another prompt or model is read in its place
        }
        catch (ModelUnavailableException e)
        {
            if (cancellationToken.IsCancellationRequested) return;
            (_reading, _problem) = (null, e.Message);
        }

        _isReading = false;
    }

    private bool ListModels()
    {
        List<(string, string)> choices =
        [
            .. Runs.List().Where(run => run.HasCheckpoint).Select(run => (ModelReference.OfRun(run.Id).ToString(), run.Name)),
            .. Library.List().Where(model => model.TokenizerProblem is null).Select(model => (ModelReference.OfImported(model.Id).ToString(), $"{model.Name} (imported)")),
        ];
        if (choices.SequenceEqual(_choices)) return false;
        _choices = choices;
        return true;
    }

    private async Task<bool> ListStepsAsync()
    {
        var steps = _state.Model is { Origin: ModelOrigin.Run } model ? await Models.ListCheckpointsAsync(model.Id) : [];
        if (steps.SequenceEqual(_steps)) return false;
        _steps = steps;
        return true;
    }

    /// <summary>Shows another state; an address that differs in its query only sets no parameters, so the reading is asked for here.</summary>
    private Task Change(InspectState state)
    {
        _state = state;
        Navigation.NavigateTo(state.ToAddress(Shown), replace: true);
        return ReadAsync();
    }

    private Task ChooseModel(string? key) =>
        ModelReference.TryParse(key, out var model) ? Change(_state with { Model = model }) : Task.CompletedTask;

    private Task GoToStep(int step) => Change(_state with { Model = ModelReference.OfRun(_state.Model!.Id, step) });

    private ModelReference? Newest() => ModelReference.TryParse(_choices[0].Key, out var model) ? model : null;

    private string NameOf(string? key) => _choices.FirstOrDefault(choice => choice.Key == key).Name ?? key ?? "";

    private static string? ChoiceOf(ModelReference? model) => (model is null ? null : model with { Step = null })?.ToString();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _cancellation.CancelAsync();
        await base.DisposeAsync();
        _cancellation.Dispose();
    }
}
