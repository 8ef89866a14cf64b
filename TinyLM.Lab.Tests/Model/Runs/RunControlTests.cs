using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Model.Runs;

public sealed class RunControlTests : IDisposable
{
    private readonly RunControl _control = new();

    public void Dispose() => _control.Dispose();

    [Fact]
    public void Ending_StopThenInterrupt_TheFirstCounts()
    {
        _control.Stop();
        _control.Interrupt();
        _control.Stop();

        Assert.Equal(RunStatus.Stopped, _control.Ending);
        Assert.True(_control.Leaving.IsCancellationRequested);
    }

    [Fact]
    public void Pause_ThenResumeTwice_GoesOn()
    {
        _control.Pause();
        _control.Pause();
        var paused = _control.IsPaused;
        _control.Resume();
        _control.Resume();

        Assert.True(paused);
        Assert.False(_control.IsPaused);
        Assert.True(_control.WaitWhilePaused(TimeSpan.Zero));
    }

    [Fact]
    public void Stop_WhilePaused_EndsTheWaitAndPauseCountsNoMore()
    {
        _control.Pause();
        _control.Stop();
        _control.Pause();

        Assert.True(_control.WaitWhilePaused(TimeSpan.Zero));
    }

    [Fact]
    public void WaitWhilePaused_Paused_ComesBackToBeAskedAgain()
    {
        _control.Pause();

        Assert.False(_control.WaitWhilePaused(TimeSpan.Zero));
    }

    [Fact]
    public void TakeSaveRequest_AskedTwice_IsTakenOnce()
    {
        _control.Save();
        _control.Save();

        Assert.True(_control.TakeSaveRequest());
        Assert.False(_control.TakeSaveRequest());
    }
}
