using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Model.Runs;

public sealed class RunLockTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly RunFolder _run;

    public RunLockTests() => _run = _temp.AddRun("20260101-000000-aaaa");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void TryAcquire_HeldLock_IsNullUntilItIsFreed()
    {
        var first = RunLock.TryAcquire(_run);

        var second = RunLock.TryAcquire(_run);
        var whileHeld = RunLock.IsHeld(_run);
        first!.Dispose();
        using var third = RunLock.TryAcquire(_run);

        Assert.Null(second);
        Assert.True(whileHeld);
        Assert.NotNull(third);
    }

    [Fact]
    public void IsHeld_NeverTaken_IsFalseAndLeavesNothing()
    {
        Assert.False(RunLock.IsHeld(_run));
        Assert.False(File.Exists(_run.LockPath));
    }

    [Fact]
    public void TryAcquire_FolderThatIsGone_Throws()
    {
        Directory.Delete(_run.Path, recursive: true);

        Assert.ThrowsAny<IOException>(() => RunLock.TryAcquire(_run));
    }
}
