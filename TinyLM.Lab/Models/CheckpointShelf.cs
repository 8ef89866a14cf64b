using System.Collections.Concurrent;
using TinyLM.Lab.Hosting;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Models;

/// <summary>Finds checkpoints whose sums hold. Each writing of a folder is read once to check it, so that pages may ask often. Thread-safe.</summary>
internal sealed class CheckpointShelf(LabDirectory directory)
{
    private readonly ConcurrentDictionary<CheckpointIdentity, Lazy<string?>> _problems = new();

    /// <summary>Steps of the run's sound checkpoints, in order; none where there is no such run.</summary>
    public IReadOnlyList<int> ListSteps(string runId) => directory.FindRun(runId) is { } run ? [.. CheckpointStore.ListSteps(run).Where(step => ProblemOf(run.CheckpointPath(step)) is null)] : [];

    /// <summary>Whether every checkpoint of the run has been checked, so that asking for them costs nothing.</summary>
    public bool IsChecked(string runId) => directory.FindRun(runId) is not { } run
        || CheckpointStore.ListSteps(run).All(step => _problems.TryGetValue(CheckpointIdentity.Of(run.CheckpointPath(step)), out var known) && known.IsValueCreated);

    /// <summary>The folder of the checkpoint that a reference names.</summary>
    /// <exception cref="ModelUnavailableException">There is none; the message says what to do.</exception>
    public string Find(ModelReference model) => model.Origin switch
    {
        ModelOrigin.Run => Find(directory.FindRun(model.Id) ?? throw new ModelUnavailableException($"There is no run '{model.Id}'. It may have been deleted."), model.Step),
        _ => FindImported(model),
    };

    private string FindImported(ModelReference model)
    {
        if (model.Step is not null) throw new ModelUnavailableException($"'{model.Id}' is an imported model; a step chooses among the checkpoints of a run.");
        var folder = directory.FindModel(model.Id) ?? throw new ModelUnavailableException($"There is no imported model '{model.Id}'. It may have been deleted.");
        return ProblemOf(folder) is { } problem ? throw new ModelUnavailableException($"The model is damaged. {problem} Import it again.") : folder;
    }

    /// <summary>The folder of a run's sound checkpoint.</summary>
    /// <param name="run">The run.</param>
    /// <param name="step">Its step; null for the newest sound one.</param>
    /// <exception cref="ModelUnavailableException">There is none; the message says what to do.</exception>
    public string Find(RunFolder run, int? step)
    {
        var steps = CheckpointStore.ListSteps(run);
        if (steps.Count == 0)
            throw new ModelUnavailableException("The run has no checkpoint yet, so there is no model to write with. It saves one every so many steps, and whenever it is asked to save now.");
        if (step is { } asked)
        {
            if (!steps.Contains(asked)) throw new ModelUnavailableException($"The run has no checkpoint of step {asked}. It has those of {string.Join(", ", steps.TakeLast(20))}.");
            if (ProblemOf(run.CheckpointPath(asked)) is { } problem) throw new ModelUnavailableException($"The checkpoint of step {asked} is damaged. {problem} Choose another one.");
            return run.CheckpointPath(asked);
        }

        string? newestProblem = null;
        foreach (var candidate in steps.Reverse())
        {
            if (ProblemOf(run.CheckpointPath(candidate)) is not { } problem) return run.CheckpointPath(candidate);
            newestProblem ??= problem;
        }

        throw new ModelUnavailableException($"Every checkpoint of the run is damaged. The newest: {newestProblem} Resume the run to get a new one, or start it again.");
    }

    /// <summary>What is wrong with a folder, in words; null when its sums hold.</summary>
    public string? ProblemOf(string folder)
    {
        var identity = CheckpointIdentity.Of(folder);
        return _problems.GetOrAdd(identity, static one => new Lazy<string?>(() => Check(one.Folder))).Value;
    }

    private static string? Check(string folder)
    {
        try
        {
            if (File.Exists(Path.Combine(folder, ModelImporter.InfoFile))) CheckpointStore.VerifyModel(folder);
            else CheckpointStore.Verify(folder);
            return null;
        }
        catch (Exception e) when (e is CheckpointException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
