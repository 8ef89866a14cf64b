using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Cleaning;
using TinyLM.Lab.Security;

namespace TinyLM.Lab.Components.Pages.Storage;

/// <summary>What runs hold on the disk, and the policy for their old checkpoints with a preview of what goes.</summary>
public sealed partial class StoragePage : IDisposable
{
    private const int Shown = 50;

    private readonly CancellationTokenSource _disposal = new();
    private IReadOnlyList<RunSummary> _runs = [];
    private IReadOnlyList<RunCleaning>? _cleanings;
    private CheckpointPolicy _policy = new();
    private long _deletedBytes;
    private bool _isCleaning;

    [Inject] private Visitor Visitor { get; set; } = null!;

    [Inject] private IRunService Runs { get; set; } = null!;

    [Inject] private ICheckpointCleaner Cleaner { get; set; } = null!;

    [Inject] private RunCommands Commands { get; set; } = null!;

    [Inject] private IDialogService Dialogs { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _policy = Cleaner.Policy;
        _deletedBytes = Runs.ListDeleted().Sum(run => run.DiskBytes);
        await LookAsync();
    }

    private async Task ChangeAsync(CheckpointPolicy policy)
    {
        if (!await Commands.DoAsync(_ => Cleaner.SetPolicyAsync(policy, _disposal.Token))) return;
        _policy = policy;
        await LookAsync();
    }

    private async Task LookAsync()
    {
        _runs = [.. Runs.List().OrderByDescending(run => run.DiskBytes)];
        _cleanings = null;
        var policy = _policy;
        try
        {
            var cleanings = await Cleaner.PreviewAsync(policy, _disposal.Token);
            if (policy == _policy) _cleanings = cleanings; // else a later look is under way
        }
        catch (OperationCanceledException) when (_disposal.IsCancellationRequested)
        {
            // The page was left.
        }
    }

    private async Task CleanAsync()
    {
        if (_cleanings is not { Count: > 0 } cleanings) return;
        var isSure = await Dialogs.ShowMessageBoxAsync("Clean up?", $"{Count(cleanings.Sum(one => one.Removed.Count), "checkpoint")} of {Count(cleanings.Count, "run")} go for good. Curves, samples and the checkpoints that stay are untouched.", yesText: "Clean up", cancelText: "Keep");
        if (isSure != true) return;
        _isCleaning = true;
        var free = 0L;
        if (await Commands.DoAsync(async _ => free = await Cleaner.CleanAsync(cleanings, _disposal.Token))) Commands.Say($"{Display.Bytes(free)} became free.");
        _isCleaning = false;
        await LookAsync();
    }

    private string Width(RunSummary run) => (100.0 * run.DiskBytes / Math.Max(1, _runs[0].DiskBytes)).ToString("0.#", CultureInfo.InvariantCulture) + "%";

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{Display.Count(count)} {what}s";

    private static string Steps(IReadOnlyList<int> steps) => string.Join(", ", steps.Select(step => Display.Count(step)));

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposal.Cancel();
        _disposal.Dispose();
    }
}
