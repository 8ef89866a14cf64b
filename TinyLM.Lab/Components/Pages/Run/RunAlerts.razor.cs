using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Alerts;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.Run;

/// <summary>What a person should look at, with what to try; told by the browser too where that is wanted.</summary>
public sealed partial class RunAlerts
{
    private const double Slower = 0.5;

    private HashSet<AlertKind>? _known;
    private RunStatus _status;
    private bool _notifies;
    private bool _isBusy;

    /// <summary>The run.</summary>
    [Parameter, EditorRequired] public required RunSummary Run { get; set; }

    /// <summary>What is wrong now, the worst first.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<RunAlert> Alerts { get; set; }

    /// <summary>Its checkpoints, in order of steps.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<CheckpointEvent> Checkpoints { get; set; }

    [Inject] private RunCommands Commands { get; set; } = null!;

    [Inject] private IJSRuntime JS { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        var kinds = Alerts.Select(alert => alert.Kind).ToHashSet();
        var (known, status) = (_known, _status);
        (_known, _status) = (kinds, Run.Status);
        if (firstRender)
        {
            _notifies = await JS.InvokeAsync<bool>("tinylmNotify.isOn");
            if (_notifies) StateHasChanged();
            return;
        }

        if (!_notifies || known is null) return;
        foreach (var alert in Alerts.Where(alert => !known.Contains(alert.Kind))) await ShowAsync(alert.Message);
        if (Run.Status.IsTerminal() && !status.IsTerminal()) await ShowAsync($"The run is {Run.Status.ToString().ToLowerInvariant()}, with a validation loss of {Display.Loss(Run.ValidationLoss)}.");
    }

    /// <summary>The last checkpoint from before the trouble; null where going back would not help.</summary>
    private int? GoodCheckpoint(RunAlert alert) => alert.Kind is AlertKind.NotFinite or AlertKind.Spike
        ? Checkpoints.LastOrDefault(checkpoint => checkpoint.Step < alert.Step)?.Step
        : null;

    private async Task GoBackAsync(int step)
    {
        _isBusy = true;
        if (await Commands.DoAsync(runs => runs.GoBackAsync(Run.Id, step, Slower))) Commands.Say($"The run goes on from step {Display.Count(step)} with half the learning rate.");
        _isBusy = false;
    }

    private async Task AskAsync() => _notifies = await JS.InvokeAsync<bool>("tinylmNotify.turn", !_notifies);

    private ValueTask ShowAsync(string message) => JS.InvokeVoidAsync("tinylmNotify.show", Run.Name, message);
}
