using Microsoft.AspNetCore.Components;
using MudBlazor;
using TinyLM.Lab.Components.Controls;
using TinyLM.Lab.Components.Sampling;
using TinyLM.Lab.Runs;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.Run;

/// <summary>Pause, resume, save, stop, rename, delete: each only when it means something.</summary>
public sealed partial class RunActions
{
    private bool _busy;

    /// <summary>The run.</summary>
    [Parameter, EditorRequired] public required RunSummary Run { get; set; }

    [Inject] private IRunService Runs { get; set; } = null!;

    [Inject] private SamplingSessions Sampling { get; set; } = null!;

    [Inject] private ISnackbar Snackbar { get; set; } = null!;

    [Inject] private IDialogService Dialogs { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Inject] private ILogger<RunActions> Logger { get; set; } = null!;

    private bool CanResume => Run.Status is RunStatus.Paused or RunStatus.Stopped or RunStatus.Interrupted or RunStatus.Failed;

    private async Task SaveAsync()
    {
        if (await DoAsync(Runs.SaveAsync)) Snackbar.Add("A checkpoint is written after the present step.", Severity.Info);
    }

    private async Task RenameAsync()
    {
        var parameters = new DialogParameters<NameDialog> { { dialog => dialog.Name, Run.Name } };
        var dialog = await Dialogs.ShowAsync<NameDialog>("Rename the run", parameters);
        if (await dialog.Result is { Canceled: false, Data: string name }) await DoAsync((id, cancellationToken) => Runs.RenameAsync(id, name, cancellationToken));
    }

    private async Task DeleteAsync()
    {
        var sure = await Dialogs.ShowMessageBoxAsync("Delete this run?", $"“{Run.Name}” goes with its curves, samples and checkpoints. This cannot be undone.", yesText: "Delete", cancelText: "Keep");
        if (sure != true || !await DoAsync(Runs.DeleteAsync)) return;
        Sampling.Forget(Run.Id);
        Navigation.NavigateTo("/");
    }

    private async Task<bool> DoAsync(Func<string, CancellationToken, Task> command)
    {
        _busy = true;
        try
        {
            await command(Run.Id, CancellationToken.None);
            return true;
        }
        catch (Exception e)
        {
            Logger.LogError(e, "A command to run {RunId} failed.", Run.Id);
            Snackbar.Add(e.Message, Severity.Error);
            return false;
        }
        finally
        {
            _busy = false;
        }
    }
}
