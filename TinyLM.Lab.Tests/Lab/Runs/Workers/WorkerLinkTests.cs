using System.IO.Pipes;
using TinyLM.Lab.Runs.Workers;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs.Workers;

public sealed class WorkerLinkTests : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);
    private readonly TempLab _temp = new();
    private readonly RunControl _control = new();
    private readonly RunFolder _run;

    public WorkerLinkTests() => _run = _temp.AddRun("20260101-000000-aaaa");

    public void Dispose()
    {
        _control.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public async Task Commands_SentTwice_ReachTheRunOnce()
    {
        await using var server = new WorkerLinkServer(_run, _control, TimeProvider.System);

        await SendTwiceAsync(WorkerCommand.Ping);
        await SendTwiceAsync(WorkerCommand.Pause);
        var paused = _control.IsPaused;
        await SendTwiceAsync(WorkerCommand.Resume);
        var resumed = !_control.IsPaused;
        await SendTwiceAsync(WorkerCommand.Save);
        var (saved, savedAgain) = (_control.TakeSaveRequest(), _control.TakeSaveRequest());
        await SendTwiceAsync(WorkerCommand.Stop);
        await SendTwiceAsync(WorkerCommand.Interrupt);

        Assert.True(paused);
        Assert.True(resumed);
        Assert.True(saved);
        Assert.False(savedAgain);
        Assert.Equal(RunStatus.Stopped, _control.Ending);
    }

    [Fact]
    public async Task Interrupt_ReachesTheRun()
    {
        await using var server = new WorkerLinkServer(_run, _control, TimeProvider.System);

        await SendAsync(WorkerCommand.Interrupt);

        Assert.Equal(RunStatus.Interrupted, _control.Ending);
    }

    [Fact]
    public async Task Send_ManyAtOnce_AllAreAnswered()
    {
        await using var server = new WorkerLinkServer(_run, _control, TimeProvider.System);

        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => SendAsync(WorkerCommand.Ping)));
    }

    [Fact]
    public async Task Send_WhileAnotherClientIsSilent_IsAnswered()
    {
        await using var server = new WorkerLinkServer(_run, _control, TimeProvider.System);
        await using var silent = new NamedPipeClientStream(".", WorkerLink.PipeName(_run), PipeDirection.InOut, PipeOptions.Asynchronous);
        await silent.ConnectAsync(TestContext.Current.CancellationToken);

        await SendAsync(WorkerCommand.Ping);
    }

    [Fact]
    public async Task Send_BeforeTheWorkerListens_WaitsForIt()
    {
        var asking = SendAsync(WorkerCommand.Pause);

        await using var server = new WorkerLinkServer(_run, _control, TimeProvider.System);
        await asking;

        Assert.True(_control.IsPaused);
    }

    [Fact]
    public async Task Send_NobodyListens_TellsSoInWords()
    {
        var refusal = await Assert.ThrowsAsync<WorkerUnavailableException>(() => WorkerLink.SendAsync(_run, WorkerCommand.Stop, TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken));

        Assert.Contains("has not answered to 'stop'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WorkerThatNeverAnswers_TellsSoInWords()
    {
        await using var mute = new NamedPipeServerStream(WorkerLink.PipeName(_run), PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        var connected = mute.WaitForConnectionAsync(TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAsync<WorkerUnavailableException>(() => WorkerLink.SendAsync(_run, WorkerCommand.Save, TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken));
        await connected;

        Assert.Contains("has not answered to 'save'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_Cancelled_IsCancelled()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WorkerLink.SendAsync(_run, WorkerCommand.Ping, s_long, TimeProvider.System, cancelled.Token));
    }

    [Fact]
    public async Task Server_UnknownCommandAndEndlessLine_AreRefusedAndTheNextIsServed()
    {
        await using var server = new WorkerLinkServer(_run, _control, TimeProvider.System);

        var answer = await AskRawAsync("explode\n");
        var hungUp = await AskRawAsync(new string('x', 5000));

        Assert.StartsWith("unknown command; expected ping, pause,", answer, StringComparison.Ordinal);
        Assert.Null(hungUp);
        await SendAsync(WorkerCommand.Ping);
    }

    [Fact]
    public async Task Server_AfterAKilledOne_TakesThePipeOver()
    {
        var killed = new NamedPipeServerStream(WorkerLink.PipeName(_run), PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        var socket = Path.Combine(Path.GetTempPath(), "CoreFxPipe_" + WorkerLink.PipeName(_run));
        await killed.DisposeAsync();
        if (!OperatingSystem.IsWindows()) await File.WriteAllTextAsync(socket, "", TestContext.Current.CancellationToken); // what a kill leaves

        await using var server = new WorkerLinkServer(_run, _control, TimeProvider.System);
        await SendAsync(WorkerCommand.Ping);
    }

    [Fact]
    public void PipeName_OfALongPath_IsShort()
    {
        var deep = new RunFolder(Path.Combine(Path.GetTempPath(), string.Join(Path.DirectorySeparatorChar, Enumerable.Repeat("a-long-name-of-a-folder", 20)), "runs", "x"));

        Assert.True(WorkerLink.PipeName(deep).Length < 32);
        Assert.NotEqual(WorkerLink.PipeName(deep), WorkerLink.PipeName(_run));
    }

    private async Task SendTwiceAsync(WorkerCommand command)
    {
        await SendAsync(command);
        await SendAsync(command);
    }

    private Task SendAsync(WorkerCommand command) => WorkerLink.SendAsync(_run, command, s_long, TimeProvider.System, TestContext.Current.CancellationToken);

    private async Task<string?> AskRawAsync(string text)
    {
        await using var pipe = new NamedPipeClientStream(".", WorkerLink.PipeName(_run), PipeDirection.InOut, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(TestContext.Current.CancellationToken);
        try
        {
            await pipe.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
            return await WorkerLink.ReadLineAsync(pipe, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            return null; // hung up while there was still something to read
        }
    }
}
