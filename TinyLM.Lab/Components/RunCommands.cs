using MudBlazor;
using TinyLM.Lab.Components.Sampling;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Security;

namespace TinyLM.Lab.Components;

/// <summary>Commands to runs as pages give them: what goes wrong is said in a corner of the page, and what can be taken back offers so.</summary>
public sealed class RunCommands(IRunService runs, SamplingSessions sampling, ISnackbar snackbar, ILogger<RunCommands> logger)
{
    /// <summary>How long the offer to undo stands; afterwards the page of deleted runs has it.</summary>
    private const int UndoMilliseconds = 10_000;

    /// <summary>Gives a command.</summary>
    /// <returns>Whether it was obeyed.</returns>
    public async Task<bool> DoAsync(Func<IRunService, Task> command)
    {
        try
        {
            await command(runs);
            return true;
        }
        catch (Exception e) when (e is NotAllowedException or LimitReachedException)
        {
            snackbar.Add(e.Message, Severity.Warning);
            return false;
        }
        catch (Exception e)
        {
            logger.LogError(e, "A command to the runs failed.");
            snackbar.Add(e.Message, Severity.Error);
            return false;
        }
    }

    /// <summary>Says that something was done.</summary>
    public void Say(string message) => snackbar.Add(message, Severity.Info);

    /// <summary>Moves ended runs into the trash and offers to take them back.</summary>
    /// <returns>Whether all are there.</returns>
    public async Task<bool> DeleteAsync(IReadOnlyList<RunSummary> chosen)
    {
        var deleted = new List<RunSummary>();
        foreach (var run in chosen)
        {
            if (!await DoAsync(service => service.DeleteAsync(run.Id))) continue;
            sampling.Forget(run.Id);
            deleted.Add(run);
        }

        if (deleted.Count == 0) return false;
        var what = deleted is [var one] ? $"“{one.Name}” was deleted." : $"{deleted.Count} runs were deleted.";
        snackbar.Add(what, Severity.Normal, options =>
        {
            options.Action = "Undo";
            options.VisibleStateDuration = UndoMilliseconds;
            options.OnClick = async _ =>
            {
                foreach (var run in deleted) await DoAsync(service => service.RestoreAsync(run.Id));
            };
        });
        return deleted.Count == chosen.Count;
    }
}
