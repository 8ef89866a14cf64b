using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Cleaning;
using TinyLM.Lab.Runs.Workers;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Support;

/// <summary>The runs of a lab over fake workers; looks after them whenever a test waits. Disposing it is the end of the lab and not of its workers.</summary>
internal sealed class LabOfRuns : IDisposable
{
    private readonly LabLock _lock;
    private readonly RunIndex _index;

    public LabOfRuns(LabDirectory directory, IWorkerLauncher workers, TimeProvider? time = null)
    {
        var clock = time ?? new EagerClock();
        _lock = LabLock.Acquire(directory);
        _index = new RunIndex(directory, _lock, clock, NullLogger<RunIndex>.Instance);
        Store = new RunStore(directory, clock);
        Trash = new RunTrash(directory, clock);
        var queue = new RunQueue(directory, NullLogger<RunQueue>.Instance);
        Catalog = new RunCatalog(Store, _index, clock, NullLogger<RunCatalog>.Instance);
        var policy = new CheckpointPolicyStore(directory, NullLogger<CheckpointPolicyStore>.Instance);
        Training = new TrainingService(Catalog, Trash, queue, new StatusJournal(Catalog, clock), policy, workers, Devices, new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), NullLogger<TrainingService>.Instance);
        Cleaner = new CheckpointCleaner(Catalog, Training, policy);
        Queue = new RunQueueService(Catalog, queue, Training);
        Runs = new RunService(Catalog, Store, Trash, Training, new FakeCorpusLibrary(), new TokenizerLibrary(directory, new FakeCorpusLibrary(), clock, NullLogger<TokenizerLibrary>.Instance), Devices, new CheckpointShelf(directory), new RunEstimator(Catalog, Devices), clock);
    }

    public RunStore Store { get; }

    public RunTrash Trash { get; }

    public RunCatalog Catalog { get; }

    public RunQueueService Queue { get; }

    public TrainingService Training { get; }

    public CheckpointCleaner Cleaner { get; }

    public FakeDeviceCatalog Devices { get; } = new();

    public RunService Runs { get; }

    /// <summary>A small run.</summary>
    public static RunSpec Spec(int steps = 12, string name = "Small", string device = "cpu") => RunPresets.Quick.Spec with
    {
        Name = name,
        Data = new DataSpec(),
        Training = RunPresets.Quick.Spec.Training with { Steps = steps, WarmupSteps = 0, Device = device },
    };

    /// <summary>Looks after the runs once.</summary>
    public Task LookAfterAsync() => Training.LookAfterAsync(CancellationToken.None);

    /// <summary>Looks after the runs until a condition holds.</summary>
    public Task UntilAsync(Func<bool> condition, string what) => Eventually.HoldsAsync(condition, what, LookAfterAsync);

    /// <summary>Looks after the runs until one stands so.</summary>
    public Task UntilAsync(string runId, RunStatus status) => UntilAsync(() => Runs.Find(runId)!.Status == status, $"the run is {status}");

    /// <summary>The steps that stand in a run's events, in order.</summary>
    public static IReadOnlyList<int> StepsOf(RunFolder run)
    {
        var reader = new RunEventReader(run);
        var steps = new List<int>();
        while (reader.Read() is { Count: > 0 } events) steps.AddRange(events.OfType<StepEvent>().Select(step => step.Step));
        Assert.Equal(0, reader.UnreadableLines);
        return steps;
    }

    public void Dispose()
    {
        Training.Dispose();
        _index.Dispose();
        _lock.Dispose();
    }
}
