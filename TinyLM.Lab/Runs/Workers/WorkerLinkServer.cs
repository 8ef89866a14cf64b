using System.IO.Pipes;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Workers;

/// <summary>The worker's end of the pipe that belongs to a run: turns lines into requests to its <see cref="RunControl"/>.</summary>
internal sealed class WorkerLinkServer : IAsyncDisposable
{
    /// <summary>A client that says nothing for so long is hung up on.</summary>
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(30);

    private readonly RunControl _control;
    private readonly TimeProvider _clock;
    private readonly string _pipeName;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _listening;

    /// <summary>Listens from now on. Only the holder of the run's lock may.</summary>
    /// <exception cref="IOException">The pipe cannot be made.</exception>
    public WorkerLinkServer(RunFolder run, RunControl control, TimeProvider clock)
    {
        (_control, _clock, _pipeName) = (control, clock, WorkerLink.PipeName(run));
        _listening = ListenAsync(Open());
    }

    /// <summary>Stops listening and waits until nobody is served any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _listening;
        _closing.Dispose();
    }

    private NamedPipeServerStream Open() => new(
        _pipeName, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte,
        PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);

    private async Task ListenAsync(NamedPipeServerStream pipe)
    {
        await Task.Yield();
        var served = new List<Task>();
        while (true)
        {
            try
            {
                await pipe.WaitForConnectionAsync(_closing.Token);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) // the client has already left, or is another user
            {
                await pipe.DisposeAsync();
                pipe = Open();
                continue;
            }

            var next = Open(); // before this one is served, so that the pipe never goes away
            served.RemoveAll(task => task.IsCompleted);
            served.Add(ServeAsync(pipe));
            pipe = next;
        }

        await pipe.DisposeAsync();
        await Task.WhenAll(served);
    }

    private async Task ServeAsync(NamedPipeServerStream pipe)
    {
        await using var _ = pipe;
        try
        {
            while (true)
            {
                using var silence = new CancellationTokenSource(s_silence, _clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, _closing.Token);
                if (await WorkerLink.ReadLineAsync(pipe, either.Token) is not { } line) return;
                await WorkerLink.WriteLineAsync(pipe, Obey(line), either.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client has left or fallen silent; it will ask again if it still wants something.
        }
    }

    private string Obey(string line)
    {
        foreach (var command in Enum.GetValues<WorkerCommand>())
        {
            if (line != WorkerLink.WordOf(command)) continue;
            Obey(command);
            return WorkerLink.Ok;
        }

        return $"unknown command; expected {string.Join(", ", Enum.GetValues<WorkerCommand>().Select(WorkerLink.WordOf))}";
    }

    private void Obey(WorkerCommand command)
    {
        switch (command)
        {
            case WorkerCommand.Pause: _control.Pause(); break;
            case WorkerCommand.Resume: _control.Resume(); break;
            case WorkerCommand.Save: _control.Save(); break;
            case WorkerCommand.Stop: _control.Stop(); break;
            case WorkerCommand.Discard: _control.Discard(); break;
            case WorkerCommand.Interrupt: _control.Interrupt(); break;
        }
    }
}
