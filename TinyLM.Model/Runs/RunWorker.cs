using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Corpora;
using TinyLM.Model.Data;
using TinyLM.Model.Storage;
using TinyLM.Model.Training;

namespace TinyLM.Model.Runs;

/// <summary>Does a run, from its corpus to its last checkpoint, on the calling thread; carries on where an earlier worker left off.</summary>
/// <remarks>The calling thread is inside libtorch most of the time: join it before the process ends.</remarks>
public sealed class RunWorker
{
    private readonly RunFolder _run;
    private readonly TimeProvider _clock;
    private readonly Preparation _prepare;
    private readonly Func<string, string> _findModel;

    /// <param name="run">The run; its folder and <c>run.json</c> exist.</param>
    /// <param name="corpus">What <c>run.json</c> names as the corpus; null where it names files of tokens.</param>
    /// <param name="tokenizersPath">Folder of the library's tokenizers.</param>
    /// <param name="datasetsPath">Folder of the library's datasets.</param>
    /// <param name="findModel">The folder of a model by what <see cref="RunSpec.StartFrom"/> calls it; throws <see cref="CheckpointException"/> where there is none.</param>
    /// <param name="clock">Tells the time of events.</param>
    public RunWorker(RunFolder run, ICorpus? corpus, string tokenizersPath, string datasetsPath, Func<string, string> findModel, TimeProvider clock)
        : this(run, (spec, progress, ct) => corpus is null
            ? new TokenFileMaterial(TokenizerOf(run, spec, findModel), clock).Open(spec, progress, ct)
            : new CorpusMaterial(corpus, tokenizersPath, datasetsPath, clock).Open(spec, progress, ct), clock, findModel)
    {
    }

    /// <summary>Where to train in place of the device that <c>run.json</c> asks for: it asked for whichever is free.</summary>
    public string? Device { get; init; }

    /// <summary>Tells how many bytes of memory are free; the machine's if nothing else is said.</summary>
    internal Func<long> FreeMemory { get; init; } = SystemMemory.AvailableBytes;

    /// <param name="run">The run; its folder and <c>run.json</c> exist.</param>
    /// <param name="prepare">Makes what the run learns from.</param>
    /// <param name="clock">Tells the time of events.</param>
    /// <param name="findModel">As for the other.</param>
    internal RunWorker(RunFolder run, Preparation prepare, TimeProvider clock, Func<string, string>? findModel = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        (_run, _prepare, _clock) = (run, prepare, clock);
        _findModel = findModel ?? (name => throw new CheckpointException($"There is no model '{name}' to begin with."));
    }

    /// <summary>Makes what a run learns from, telling how far it is.</summary>
    internal delegate RunMaterial Preparation(RunSpec spec, Action<string, double> progress, CancellationToken ct);

    /// <summary>Prepares, trains, samples and saves until the run ends or is to end.</summary>
    /// <param name="control">What others ask meanwhile.</param>
    /// <returns>Completed, Stopped, Interrupted or Failed; the reason stands in the status event.</returns>
    /// <exception cref="IOException">Events cannot be written, or another worker holds the run.</exception>
    public RunStatus Run(RunControl control)
    {
        using var held = RunLock.TryAcquire(_run) ?? throw new IOException($"Another worker trains the run {_run.Id}.");
        return Run(control, held);
    }

    /// <summary>As the other, for who holds the run's lock already.</summary>
    /// <param name="control">What others ask meanwhile.</param>
    /// <param name="held">The lock; the caller frees it.</param>
    /// <returns>Completed, Stopped, Interrupted or Failed; the reason stands in the status event.</returns>
    /// <exception cref="IOException">Events cannot be written.</exception>
    public RunStatus Run(RunControl control, RunLock held)
    {
        ArgumentNullException.ThrowIfNull(control);
        ArgumentNullException.ThrowIfNull(held);
        using var events = new RunEventWriter(_run);
        using var disk = new FullDiskWait(_run, events, control, _clock);
        var step = 0;
        RunStatus status;
        string? reason = null;
        try
        {
            (status, reason) = Train(control, events, disk, ref step);
        }
        catch (OperationCanceledException) when (control.Ending is not null)
        {
            status = control.Ending.Value;
        }
        catch (IOException e) when (control.Ending is not null && FullDisk.Is(e))
        {
            status = control.Ending.Value;
            reason = "The disk is full, so no last checkpoint could be written. The earlier ones are kept; free some space, then resume.";
            WriteLog(e);
        }
        catch (Exception e)
        {
            status = RunStatus.Failed;
            reason = InWords(e);
            WriteLog(e);
        }
        if (control.Ending is not null) disk.Dispose(); // the last words may need the room
        var stepsDone = step;
        disk.Write(() =>
        {
            events.Append(new StatusEvent { Time = _clock.GetUtcNow(), Status = status, Step = stepsDone, Reason = reason });
            events.Flush();
        }, step);
        return status;
    }

    private (RunStatus Status, string? Reason) Train(RunControl control, RunEventWriter events, FullDiskWait disk, ref int step)
    {
        var json = File.ReadAllBytes(_run.SpecPath);
        var spec = RunSpec.Parse(Encoding.UTF8.GetString(json), _run.SpecPath);
        if (spec.Validate() is [_, ..] problems) throw new InvalidDataException(string.Join(" ", problems));

        var factor = RunExtension.Read(_run).LearningRateFactor;
        spec = spec with { Training = spec.Training with { LearningRate = factor * spec.Training.LearningRate, Device = Device ?? spec.Training.Device } };

        if (TorchLibrary.Problem is null && TorchDevices.Resolve(spec.Training.Device) == "cpu") CheckMemory(spec);

        Checkpoint? start = null;
        disk.Write(() => start = new Resumption(_run, events, _clock).GoBack(), step);
        step = start?.State.Step ?? 0;
        disk.KeepReserve();
        disk.Write(() => events.Append(new StatusEvent { Time = _clock.GetUtcNow(), Status = RunStatus.Preparing, Step = start?.State.Step ?? 0 }), step);
        RunMaterial? prepared = null;
        disk.Write(() => prepared = _prepare(spec, new ProgressLog(events, _clock).Report, control.Leaving), step);
        using var material = prepared!;
        disk.Write(() => events.Append(material.Description), step);
        if (TorchLibrary.Problem is { } problem) throw new InvalidOperationException(problem);

        if (factor != 1) events.Append(new WarningEvent { Time = _clock.GetUtcNow(), Message = string.Create(CultureInfo.InvariantCulture, $"The run was taken back to a checkpoint and goes on at {factor:0.####} of the learning rate that it was asked for.") });
        var initial = start is null && spec.StartFrom is { } origin ? ReadInitial(origin, spec, material) : null;
        var loop = new RunLoop(_run, spec, RunExtension.StepsOf(_run, spec), Convert.ToHexStringLower(SHA256.HashData(json)), initial, material, events, disk, control, _clock);
        try
        {
            return (loop.Run(start), loop.EarlyEnd);
        }
        finally
        {
            step = loop.StepsDone;
        }
    }

    /// <summary>Refuses a run that does not fit before it has taken any memory: the system would kill the worker in the middle.</summary>
    private void CheckMemory(RunSpec spec)
    {
        if (spec.MemoryProblem(FreeMemory()) is { } problem) throw new InvalidOperationException(problem);
    }

    /// <summary>The weights to begin with; a Llama may read further or less far than before, for its positions are computed.</summary>
    private ModelWeights ReadInitial(string origin, RunSpec spec, RunMaterial material)
    {
        var folder = _findModel(origin);
        var weights = CheckpointStore.ReadWeights(folder);
        if (spec.Model.Family == ModelFamily.Llama) weights = weights with { Config = weights.Config with { ContextLength = spec.Model.ContextLength } };
        if (weights.Config != spec.Model)
            throw new CheckpointException($"The run asks for a model {Words(spec.Model)}, and {origin} is one {Words(weights.Config)}; leave the model's settings out to take those of the start.");
        var theirs = CheckpointStore.TokenizerPath(folder);
        if (File.Exists(theirs) && material.TokenizerPath is { } ours && !File.ReadAllBytes(theirs).AsSpan().SequenceEqual(File.ReadAllBytes(ours)))
            throw new CheckpointException($"The tokenizer of this run is not that of {origin}, so its tokens would mean something else to the model. Give the same corpus and tokenizer settings, or files of tokens.");
        return weights;

        static string Words(ModelConfig model) =>
            $"of the family {model.Family} with a vocabulary of {model.VocabularySize}, context {model.ContextLength}, width {model.EmbeddingSize}, {model.LayerCount} layers, {model.HeadCount} heads ({model.ActualKeyValueHeadCount} of keys and values), feed-forward width {model.ActualFeedForwardSize}, {(model.TiedHead ? "a tied head" : "a head of its own")}";
    }

    /// <summary>The tokenizer that belongs to the tokens: that of the run's own checkpoints, or of the model it begins with; null where there is none.</summary>
    private static string? TokenizerOf(RunFolder run, RunSpec spec, Func<string, string> findModel)
    {
        var folder = CheckpointStore.ListSteps(run) is [.., var newest] ? run.CheckpointPath(newest) : spec.StartFrom is { } origin ? findModel(origin) : null;
        return folder is not null && CheckpointStore.TokenizerPath(folder) is var path && File.Exists(path) ? path : null;
    }

    private static string InWords(Exception e)
    {
        var message = e.Message.Split('\n')[0].Trim();
        return e switch
        {
            TrainingDivergedException or CheckpointException or ShardFormatException or InvalidDataException or InvalidOperationException => message,
            ExternalException or OutOfMemoryException when message.Contains("memory", StringComparison.OrdinalIgnoreCase) =>
                $"Memory ran out: {message} Try a smaller batch size (with more gradient accumulation), a shorter sequence, or a smaller model.",
            IOException => $"A file could not be read or written: {message} The checkpoints written before are kept; free some space or look at the path, then resume.",
            _ => $"{message} ({e.GetType().Name}; the worker's log has the details.)",
        };
    }

    private void WriteLog(Exception e)
    {
        try
        {
            File.AppendAllText(_run.LogPath, $"{_clock.GetUtcNow():u} {e}\n");
        }
        catch (IOException)
        {
            // Held by who started the worker, or the disk is full: the status event has the reason.
        }
    }
}
