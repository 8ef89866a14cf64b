using TinyLM.Lab.Runs.Workers;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs.Workers;

public sealed class WorkerLogTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly RunFolder _run;

    public WorkerLogTests() => _run = _temp.AddRun("20260101-000000-aaaa");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void LastLine_NoLog_IsNull() => Assert.Null(new WorkerLog(_run, start: 0).LastLine());

    [Fact]
    public void LastLine_StackTrace_IsPassedOver()
    {
        File.WriteAllText(_run.LogPath, $"Z {WorkerLog.Greeting} (process 7).\nUnhandled exception. System.IO.IOException: No space left on device\n   at System.IO.X()\n   at Y.Z()\n--- End of stack trace ---\n\n");

        Assert.Equal("Unhandled exception. System.IO.IOException: No space left on device", new WorkerLog(_run, start: 0).LastLine());
    }

    [Fact]
    public void LastLine_OfAnEarlierWorker_IsNotTaken()
    {
        File.WriteAllText(_run.LogPath, "The disk is full.\n");
        var start = new FileInfo(_run.LogPath).Length;
        File.AppendAllText(_run.LogPath, $"Z {WorkerLog.Greeting} (process 7).\n");

        Assert.Null(new WorkerLog(_run, start).LastLine());
    }

    [Theory]
    [InlineData(137, "killed (signal 9)")]
    [InlineData(139, "crashed in native code (signal 11)")]
    [InlineData(134, "crashed in native code (signal 6)")]
    [InlineData(1, "exit code 1")]
    public void DescribeExit_TellsInWords(int code, string words) => Assert.Contains(words, WorkerProcess.DescribeExit(code), StringComparison.Ordinal);
}
