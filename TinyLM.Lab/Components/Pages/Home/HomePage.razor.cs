using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Runs;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.Home;

/// <summary>What this is, how to begin, and all runs, the newest first.</summary>
public sealed partial class HomePage : LiveComponent
{
    private IReadOnlyList<RunSummary> _runs = [];
    private IReadOnlyList<string> _problems = [];
    private RunQueueState _queue = new(false, []);
    private DateTimeOffset _now;
    private string? _noTraining;
    private bool _isStarting, _hasStarted;

    /// <summary>Which runs to show.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? Query { get; set; }

    /// <summary>In which order.</summary>
    [SupplyParameterFromQuery] public string? Sort { get; set; }

    /// <summary>In which groups.</summary>
    [SupplyParameterFromQuery] public string? Group { get; set; }

    [Inject] private IRunService Runs { get; set; } = null!;

    [Inject] private IRunQueueService Queue { get; set; } = null!;

    [Inject] private IDeviceCatalog Devices { get; set; } = null!;

    [Inject] private TimeProvider Clock { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Inject] private ILogger<HomePage> Logger { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => Audience.Pace(TimeSpan.FromSeconds(1));

    /// <inheritdoc/>
    protected override void OnInitialized() => Take();

    /// <inheritdoc/>
    protected override Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (Take()) StateHasChanged();
        return Task.CompletedTask;
    }

    private void TakeNow() => Take();

    /// <summary>What the address says; what it does not know is as if it were not there.</summary>
    private static T Choice<T>(string? text, T otherwise)
        where T : struct, Enum => Enum.TryParse<T>(text, ignoreCase: true, out var choice) && Enum.IsDefined(choice) ? choice : otherwise;

    private bool Take()
    {
        var runs = Runs.List();
        var queue = Queue.State;
        var now = Clock.GetUtcNow();
        var noTraining = Devices.Current?.Problem;
        if (noTraining == _noTraining && _runs.SequenceEqual(runs) && queue.IsPaused == _queue.IsPaused && queue.Runs.SequenceEqual(_queue.Runs) && now - _now < TimeSpan.FromSeconds(20)) return false; // "5 min ago" need not be fresher
        (_runs, _queue, _noTraining, _now) = (runs, queue, noTraining, now);
        return true;
    }

    private async Task StartFirstAsync()
    {
        if (_isStarting || _hasStarted) return; // a second press may have been on its way
        _isStarting = true;
        try
        {
            var run = await Runs.StartAsync(RunPresets.Quick.Spec);
            _hasStarted = true;
            Navigation.NavigateTo($"/runs/{run.Id}");
        }
        catch (InvalidSpecException e)
        {
            _problems = e.Problems;
        }
        catch (Exception e)
        {
            Logger.LogError(e, "The quick run could not be started.");
            _problems = [e.Message];
        }
        finally
        {
            _isStarting = false;
        }
    }
}
