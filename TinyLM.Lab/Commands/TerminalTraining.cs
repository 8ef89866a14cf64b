using System.Runtime.InteropServices;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Sweeps;
using TinyLM.Lab.Runs.Workers;
using TinyLM.Model.Corpora;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Commands;

/// <summary>Trains a run in this process while a person looks at it in the terminal.</summary>
internal sealed partial class TerminalTraining(LabDirectory directory, TimeProvider clock, TextWriter output, TextWriter error)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private readonly RunStore _store = new(directory, clock);

    /// <summary>Makes a run and trains it.</summary>
    /// <exception cref="InvalidSpecException">There is no such corpus.</exception>
    public async Task<int> StartAsync(RunSpec spec, CancellationToken cancellationToken)
    {
        spec = Complete(spec);
        directory.Create();
        var run = _store.CreateUnqueued(spec);
        return await TrainAsync(run.Folder, cancellationToken);
    }

    /// <summary>Makes the runs of a sweep and trains those one after the other that nobody else takes. They wait in the queue, so that a lab trains what is left when this ends.</summary>
    /// <returns>The code of the run that ended worst.</returns>
    /// <exception cref="InvalidSpecException">There is no such corpus or model.</exception>
    public async Task<int> StartAllAsync(SweepRuns sweep, CancellationToken cancellationToken)
    {
        var specs = sweep.Runs.Select(Complete).ToList();
        directory.Create();
        foreach (var left in sweep.LeftOut) await output.WriteLineAsync($"Left out: {left}");
        var runs = specs.Select(spec => _store.Create(spec).Folder).ToList();
        await output.WriteLineAsync($"{runs.Count} runs of the group {sweep.Group.Id} ({sweep.Group.Name}).");
        var worst = ExitCode.Success;
        foreach (var (index, run) in runs.Index())
        {
            if (new RunFeed(RunStore.Read(run), clock).Summary.Status != RunStatus.Queued) continue; // a lab that serves this directory has it
            await output.WriteLineAsync($"{index + 1} of {runs.Count}: {RunStore.Read(run).Name}");
            var code = await TrainAsync(run, cancellationToken);
            worst = Math.Max(worst, code);
            if (code != ExitCode.Stopped) continue;
            await output.WriteLineAsync($"{runs.Count - index - 1} runs wait; a lab that serves this directory trains them.");
            return code;
        }

        foreach (var summary in runs.Select(run => new RunFeed(RunStore.Read(run), clock).Summary).OrderBy(summary => summary.ValidationLoss ?? double.PositiveInfinity))
            await output.WriteLineAsync(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{summary.ValidationLoss ?? double.NaN:0.0000}  {summary.Status.ToString().ToLowerInvariant()}  {summary.Name}"));
        return worst;
    }

    /// <summary>Looks for the corpus or puts the paths of files where the worker finds them from anywhere, and takes the shape of the model that the run begins with.</summary>
    /// <exception cref="InvalidSpecException">One of them is not there.</exception>
    private RunSpec Complete(RunSpec spec)
    {
        if (spec.Data.Tokens is { } files)
        {
            if (((string[])[files.Train, files.Validation]).FirstOrDefault(path => !File.Exists(path)) is { } missing) throw new InvalidSpecException([$"There is no file of tokens {missing}."]);
            spec = spec with { Data = spec.Data with { Tokens = new TokenFiles { Train = Path.GetFullPath(files.Train), Validation = Path.GetFullPath(files.Validation) } } };
        }
        else
        {
            try
            {
                _ = CorpusSource.Open(directory, spec.Data);
            }
            catch (CorpusFormatException e)
            {
                throw new InvalidSpecException([e.Message]);
            }
        }

        if (spec.StartFrom is null) return spec;
        spec = StartModel.TakeShape(spec, new CheckpointShelf(directory));
        if (spec.Data.Tokens is not null) spec = spec with { Tokenizer = new TokenizerSpec() }; // no tokenizer is trained
        return spec.Validate() is [_, ..] problems ? throw new InvalidSpecException(problems) : spec;
    }

    /// <summary>Goes on with a run from its last good checkpoint.</summary>
    /// <param name="asked">Its id in the data directory, or its folder.</param>
    public async Task<int> ResumeAsync(string asked, CancellationToken cancellationToken)
    {
        var run = _store.Find(asked) ?? (File.Exists(new RunFolder(asked).SpecPath) ? new RunFolder(Path.TrimEndingDirectorySeparator(asked)) : null);
        if (run is null)
        {
            await error.WriteLineAsync($"There is no run '{asked}' in '{directory.RunsPath}', and no run folder of that name. --data names another data directory.");
            return ExitCode.WrongInput;
        }

        var stored = RunStore.Read(run);
        if (stored.Problem is not null)
        {
            await error.WriteLineAsync($"The run {run.Id} cannot go on: {stored.Problem}");
            return ExitCode.Failure;
        }

        if (new RunFeed(stored, clock).Summary.Status != RunStatus.Completed) return await TrainAsync(run, cancellationToken);
        await output.WriteLineAsync($"The run {run.Id} is completed; there is nothing to go on with.");
        return ExitCode.Success;
    }

    private async Task<int> TrainAsync(RunFolder run, CancellationToken cancellationToken)
    {
        using var held = await TrainingHost.AcquireAsync(run, clock, cancellationToken);
        if (held is null)
        {
            await error.WriteLineAsync($"Another process trains the run {run.Id}; perhaps a lab that serves this data directory. Watch it there.");
            return ExitCode.RunTaken;
        }

        await output.WriteLineAsync($"Run {run.Id} in {run.Path}");
        await output.WriteLineAsync("Ctrl+C stops with a checkpoint.");
        var display = new TrainingDisplay(new RunFeed(RunStore.Read(run), clock), output, isLive: !Console.IsOutputRedirected, clock);
        var host = new TrainingHost(run, LabDirectory.Of(run), held, clock, TextWriter.Synchronized(error))
        {
            OnSignal = count =>
            {
                if (count > 1) LeaveAtOnce();
                error.WriteLine($"{Environment.NewLine}Saving a checkpoint after the present step; Ctrl+C again leaves at once, without.");
            },
        };
        var training = Task.Run(() => host.TrainAsync(isPaused: false), CancellationToken.None);
        while (!training.IsCompleted)
        {
            await Task.WhenAny(training, Task.Delay(s_interval, clock, CancellationToken.None));
            display.Show();
        }

        var status = await training;
        display.ShowLast(run);
        return TrainCommand.CodeOf(status);
    }

    /// <summary>Ends the process without a word to libtorch, which would crash in its own exit handlers while a step is under way.</summary>
    private static void LeaveAtOnce()
    {
        if (!OperatingSystem.IsWindows()) ExitNow(ExitCode.Stopped);
        Environment.Exit(ExitCode.Stopped);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int code);
}
