using Microsoft.AspNetCore.Components;
using MudBlazor;
using TinyLM.Lab.Components.Controls;
using TinyLM.Lab.Runs;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.Run;

/// <summary>Pause, resume, save, stop, rename, delete: each only when it means something.</summary>
public sealed partial class RunActions
{
    private bool _busy;

    /// <summary>The run.</summary>
    [Parameter, EditorRequired] public required RunSummary Run { get; set; }

    [Inject] private RunCommands Commands { get; set; } = null!;

    [Inject] private IDialogService Dialogs { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    private bool CanResume => Run.Status is RunStatus.Paused or RunStatus.Stopped or RunStatus.Interrupted or RunStatus.Failed;

    private async Task SaveAsync()
    {
        if (await DoAsync(runs => runs.SaveAsync(Run.Id))) Commands.Say("A checkpoint is written after the present step.");
    }

    private async Task RenameAsync()
    {
        var parameters = new DialogParameters<TextDialog> { { dialog => dialog.Label, "Name" }, { dialog => dialog.Text, Run.Name }, { dialog => dialog.Action, "Rename" } };
        var dialog = await Dialogs.ShowAsync<TextDialog>("Rename the run", parameters);
        if (await dialog.Result is { Canceled: false, Data: string name }) await ChangeAsync(notes => notes with { Name = name });
    }

    private async Task DeleteAsync()
    {
        if (await Commands.DeleteAsync([Run])) Navigation.NavigateTo("/");
    }

    private Task<bool> ChangeAsync(Func<RunNotes, RunNotes> change) => DoAsync(runs => runs.ChangeNotesAsync(Run.Id, change));

    private async Task<bool> DoAsync(Func<IRunService, Task> command)
    {
        _busy = true;
        try
        {
            return await Commands.DoAsync(command);
        }
        finally
        {
            _busy = false;
        }
    }
}
