using System.CommandLine;
using System.Text.Json;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Workers;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Commands;

/// <summary><c>train</c>: a run in the terminal, in the same data directory that the lab shows; also what the lab starts as a worker.</summary>
/// <param name="dataPath">The option for the data directory.</param>
internal sealed class TrainCommand(Option<string?> dataPath)
{
    private readonly TrainSettings _settings = new();
    private readonly SweepSettings _sweep = new();

    private readonly Option<string?> _resume = new("--resume")
    {
        Description = "Go on with a run from its last good checkpoint.",
        HelpName = "id or folder",
    };

    private readonly Option<bool> _devices = new("--devices") { Description = "Print as JSON what this machine can train on, and leave." };

    private readonly Option<string?> _run = new("--run")
    {
        Description = "Work on a run folder in silence, as the lab's workers do.",
        HelpName = "folder",
        Hidden = true,
    };

    private readonly Option<bool> _paused = new("--paused") { Description = "With --run: wait until the lab says to go on.", Hidden = true };

    private readonly Option<string?> _on = new("--on") { Description = "With --run: the device to train on, where the run asked for any.", Hidden = true };

    /// <summary>The command under its name.</summary>
    public Command Create()
    {
        var command = new Command("train", "Train a model. Ctrl+C stops with a checkpoint; --resume goes on. A lab that serves the same data directory shows the run.")
        {
            _resume, _devices, _run, _paused, _on,
        };
        _settings.AddTo(command);
        _sweep.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_devices)) return PrintDevicesAsync(parsed);
        if (parsed.GetValue(_run) is { } folder) return WorkAsync(new RunFolder(folder), parsed, cancellationToken);
        return TrainAsync(parsed, cancellationToken);
    }

    private static async Task<int> PrintDevicesAsync(ParseResult parsed)
    {
        await parsed.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(TorchDevices.Describe(), RunJson.Indented));
        return ExitCode.Success;
    }

    /// <summary>What the lab starts. Its output is worker.log.</summary>
    private async Task<int> WorkAsync(RunFolder run, ParseResult parsed, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        await using var log = OperatingSystem.IsWindows() ? File.AppendText(run.LogPath) : null; // elsewhere the launcher has redirected the output
        var error = TextWriter.Synchronized(new WorkerLogWriter(log ?? parsed.InvocationConfiguration.Error));
        try
        {
            using var held = await TrainingHost.AcquireAsync(run, clock, cancellationToken);
            if (held is null) return ExitCode.RunTaken;

            await Say($"{WorkerLog.Greeting} (process {Environment.ProcessId}).");
            if (TrainingHost.HasEnded(run))
            {
                await Say("The worker leaves; the run was ended while it was starting.");
                return ExitCode.Success;
            }

            var host = new TrainingHost(run, LabDirectory.Of(run), held, clock, error);
            var status = await host.TrainAsync(parsed.GetValue(_paused), parsed.GetValue(_on));
            if (status is not null) await Say($"The worker leaves; the run is {status.ToString()!.ToLowerInvariant()}.");
            return CodeOf(status);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCode.Failure;
        }
        finally
        {
            await error.FlushAsync(CancellationToken.None);
        }

        Task Say(string text) => error.WriteLineAsync($"{clock.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z {text}");
    }

    private async Task<int> TrainAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var error = parsed.InvocationConfiguration.Error;
        var directory = LabDirectory.OfCommand(parsed.GetValue(dataPath));
        var terminal = new TerminalTraining(directory, TimeProvider.System, parsed.InvocationConfiguration.Output, error);
        try
        {
            if (parsed.GetValue(_resume) is { } asked)
            {
                if (_settings.FirstGiven(parsed) is { } setting) throw new InvalidSpecException([$"A run that goes on keeps its settings: {setting} cannot be given with --resume."]);
                return await terminal.ResumeAsync(asked, cancellationToken);
            }

            var spec = _settings.Read(parsed);
            return _sweep.Read(parsed, spec) is { } sweep ? await terminal.StartAllAsync(sweep, cancellationToken) : await terminal.StartAsync(spec, cancellationToken);
        }
        catch (InvalidSpecException e)
        {
            foreach (var problem in e.Problems) await error.WriteLineAsync(problem);
            return ExitCode.WrongInput;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCode.Failure;
        }
    }

    /// <summary>The exit code of a process whose run stands so.</summary>
    internal static int CodeOf(RunStatus? status) => status switch
    {
        RunStatus.Completed => ExitCode.Success,
        RunStatus.Stopped or RunStatus.Interrupted => ExitCode.Stopped,
        _ => ExitCode.Failure,
    };
}
