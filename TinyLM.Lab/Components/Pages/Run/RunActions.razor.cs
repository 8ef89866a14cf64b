using System.Globalization;
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

    private bool CanResume => !Run.IsDamaged && Run.Status is RunStatus.Paused or RunStatus.Stopped or RunStatus.Interrupted or RunStatus.Failed;

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

    private async Task ExtendAsync()
    {
        var more = Math.Max(1, Run.Steps / 2);
        var dialog = await Dialogs.ShowAsync<TextDialog>("Extend the run", new DialogParameters<TextDialog>
        {
            { one => one.Label, $"Steps in all; {Display.Count(Run.Step)} are done" }, { one => one.Text, Display.Count(Math.Min(RunExtension.MostSteps, Run.Steps + (long)more)) }, { one => one.Action, "Go on" },
            { one => one.Note, "It goes on from its last checkpoint, at the learning rate where its plan ended." },
        });
        if (await dialog.Result is not { Canceled: false, Data: string text }) return;
        await DoAsync(runs => int.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var steps)
            ? runs.ExtendAsync(Run.Id, steps)
            : throw new ArgumentException($"“{text}” is not a whole number of steps."));
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
