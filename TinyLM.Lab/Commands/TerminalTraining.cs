using System.Runtime.InteropServices;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Workers;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
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
        try
        {
            if (spec.Data.Tokens is null) _ = CorpusSource.Open(directory, spec.Data);
        }
        catch (CorpusFormatException e)
        {
            throw new InvalidSpecException([e.Message]);
        }

        directory.Create();
        var run = _store.CreateUnqueued(spec);
        return await TrainAsync(run.Folder, cancellationToken);
    }

    /// <summary>Puts the paths of files where the worker finds them from anywhere, and takes the shape of the model that the run begins with.</summary>
    private RunSpec Complete(RunSpec spec)
    {
        if (spec.Data.Tokens is { } files)
        {
            if (((string[])[files.Train, files.Validation]).FirstOrDefault(path => !File.Exists(path)) is { } missing) throw new InvalidSpecException([$"There is no file of tokens {missing}."]);
            spec = spec with { Data = spec.Data with { Tokens = new TokenFiles { Train = Path.GetFullPath(files.Train), Validation = Path.GetFullPath(files.Validation) } } };
        }
        if (spec.StartFrom is not { } origin) return spec;
        if (!ModelReference.TryParse(origin, out var model)) throw new InvalidSpecException([$"startFrom is '{origin}'; expected run/<id>, run/<id>@<step> or model/<id>."]);
        try
        {
            var config = ModelFiles.ReadConfig(new CheckpointShelf(directory).Find(model));
            if (spec.Model == new ModelConfig()) spec = spec with { Model = config }; // nothing was asked for
            if (spec.Data.Tokens is not null) spec = spec with { Tokenizer = new TokenizerSpec() }; // no tokenizer is trained
            return spec.Validate() is [_, ..] problems ? throw new InvalidSpecException(problems) : spec;
        }
        catch (Exception e) when (e is ModelUnavailableException or CheckpointException)
        {
            throw new InvalidSpecException([e.Message]);
        }
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
