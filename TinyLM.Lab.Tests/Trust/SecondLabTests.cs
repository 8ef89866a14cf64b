using System.Diagnostics;
using TinyLM.Lab.Commands;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>Two labs on one data directory: one has it, and the other ends within a second and names the first.</summary>
public sealed class SecondLabTests : IDisposable
{
    private readonly TempLab _temp = new();

    public void Dispose() => _temp.Dispose();

    /// <summary>Both at once, also over what a killed lab left: its word of who it was.</summary>
    [Fact]
    public async Task Labs_AtOnce_OneHasTheDirectoryAndTheOtherNamesIt()
    {
        for (var trial = 0; trial < TrustCounts.Of(20, 200); trial++)
        {
            if (trial % 2 == 0) await File.WriteAllTextAsync(_temp.Directory.OwnerPath, """{"processId": 2147483000, "address": "http://localhost:5080"}""", TestContext.Current.CancellationToken);
            using var both = new Barrier(2);
            var labs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(() =>
            {
                both.SignalAndWait();
                var start = Stopwatch.GetTimestamp();
                try
                {
                    return (Lock: LabLock.Acquire(_temp.Directory), Words: null, Took: TimeSpan.Zero);
                }
                catch (LabInUseException e)
                {
                    return (Lock: (LabLock?)null, Words: (string?)e.Message, Took: Stopwatch.GetElapsedTime(start));
                }
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

            var refused = Assert.Single(labs, lab => lab.Lock is null);
            Assert.Contains($"another lab (process {Environment.ProcessId})", refused.Words, StringComparison.Ordinal);
            Assert.True(refused.Took < TimeSpan.FromSeconds(1), $"It took {refused.Took} to end.");
            labs.Single(lab => lab.Lock is not null).Lock!.Dispose();
        }
    }

    /// <summary>The programs themselves, started together.</summary>
    [Fact]
    public async Task Programs_AtOnce_OneServesAndTheOtherNamesIt()
    {
        await using var first = LabProcess.Start("--port", "0", "--data", _temp.Directory.Path);
        await using var second = LabProcess.Start("--port", "0", "--data", _temp.Directory.Path);

        var ended = await Task.WhenAny(first.ExitCodeAsync(), second.ExitCodeAsync());

        Assert.Equal(ExitCode.Failure, await ended);
        var (loser, winner) = first.HasExited ? (first, second) : (second, first);
        Assert.Contains($"is in use by another lab (process {winner.Id})", await loser.ErrorAsync(), StringComparison.Ordinal);
        Assert.NotNull(await winner.AddressAsync());
    }
}
