using System.IO.Pipes;
using System.Security.Cryptography;
using System.Text;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Workers;

/// <summary>The lab's end of the pipe that belongs to a run. One line asks, one line answers: <c>ok</c>, or what is wrong.</summary>
internal static class WorkerLink
{
    /// <summary>The answer that all is well.</summary>
    public const string Ok = "ok";

    /// <summary>Longest line that either end reads, in bytes.</summary>
    public const int LineLimit = 1024;

    /// <summary>Name of the pipe of a run: short, since Unix allows about 100 characters of path, and the same in every process.</summary>
    public static string PipeName(RunFolder run) =>
        "tinylm-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(run.Path)))[..20];

    /// <summary>Asks the worker of a run and waits for its answer. Asking twice does no more than asking once.</summary>
    /// <param name="run">The run.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="timeout">How long to wait for the worker to listen and to answer; it may just be starting.</param>
    /// <param name="clock">Measures the timeout.</param>
    /// <exception cref="WorkerUnavailableException">It did not answer in time, or refused: the message says so.</exception>
    public static async Task SendAsync(RunFolder run, WorkerCommand command, TimeSpan timeout, TimeProvider clock, CancellationToken cancellationToken = default)
    {
        var word = WordOf(command);
        using var timer = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await using var pipe = new NamedPipeClientStream(".", PipeName(run), PipeDirection.InOut, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
            await pipe.ConnectAsync(either.Token);
            await WriteLineAsync(pipe, word, either.Token);
            var answer = await ReadLineAsync(pipe, either.Token);
            if (answer == Ok) return;
            throw new WorkerUnavailableException(answer is null
                ? $"The worker of run {run.Id} left before it answered to '{word}'."
                : $"The worker of run {run.Id} answered to '{word}': {answer}");
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WorkerUnavailableException($"The worker of run {run.Id} has not answered to '{word}' within {timeout.TotalSeconds:0.#} s. It may be busy with a long step: try again in a moment.", e);
        }
        catch (IOException e)
        {
            throw new WorkerUnavailableException($"The worker of run {run.Id} broke the connection before it answered to '{word}'.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new WorkerUnavailableException($"The worker of run {run.Id} belongs to another user of this machine.", e);
        }
    }

    /// <summary>A command as its line.</summary>
    public static string WordOf(WorkerCommand command) => command.ToString().ToLowerInvariant();

    /// <summary>Writes a line.</summary>
    public static async Task WriteLineAsync(Stream pipe, string line, CancellationToken cancellationToken) =>
        await pipe.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken);

    /// <summary>Reads a line; null at the end of the stream.</summary>
    /// <exception cref="IOException">The line is longer than <see cref="LineLimit"/>.</exception>
    public static async Task<string?> ReadLineAsync(Stream pipe, CancellationToken cancellationToken)
    {
        var line = new byte[LineLimit];
        for (var length = 0; length < line.Length; length++)
        {
            if (await pipe.ReadAsync(line.AsMemory(length, 1), cancellationToken) == 0) return null;
            if (line[length] == (byte)'\n') return Encoding.UTF8.GetString(line, 0, length).TrimEnd('\r');
        }

        throw new IOException($"A line of more than {LineLimit} bytes came over the pipe.");
    }
}
