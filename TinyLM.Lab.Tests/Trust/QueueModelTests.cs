using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Workers;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>Random sequences of commands to the queue, with workers and labs that die between: only legal states, one run a device, order kept.</summary>
public sealed class QueueModelTests
{
    private const int SequencesALab = 5;

    private static readonly Dictionary<RunStatus, RunStatus[]> s_legal = new()
    {
        [RunStatus.Queued] = [RunStatus.Queued, RunStatus.Running, RunStatus.Stopped, RunStatus.Failed],
        [RunStatus.Running] = [RunStatus.Running, RunStatus.Paused, RunStatus.Completed, RunStatus.Stopped, RunStatus.Failed, RunStatus.Interrupted, RunStatus.Queued],
        [RunStatus.Paused] = [RunStatus.Running, RunStatus.Paused, RunStatus.Stopped, RunStatus.Failed, RunStatus.Interrupted, RunStatus.Queued],
        [RunStatus.Interrupted] = [RunStatus.Queued, RunStatus.Running, RunStatus.Stopped],
        [RunStatus.Stopped] = [RunStatus.Queued],
        [RunStatus.Failed] = [RunStatus.Queued],
        [RunStatus.Completed] = [],
    };

    [Fact]
    public async Task Commands_OfAnySequence_KeepTheRules()
    {
        var count = TrustCounts.Of(1_000, 10_000);
        for (var seed = 0; seed < count; seed += SequencesALab)
        {
            using var temp = new TempLab(new UnflushedFiles());
            using var workers = new FakeWorkers();
            var model = new Sequence(temp, workers, new Random(seed));
            try
            {
                for (var i = 0; i < SequencesALab; i++) await model.PlayAsync();
                await model.EndAsync();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new InvalidOperationException($"The sequences from seed {seed}: {string.Join(", ", model.Played)}", e);
            }
            finally
            {
                model.Dispose();
            }
        }
    }

    /// <summary>The check must fail on a history that no run may have.</summary>
    [Theory]
    [InlineData(RunStatus.Completed, RunStatus.Running)]
    [InlineData(RunStatus.Stopped, RunStatus.Running)]
    [InlineData(RunStatus.Queued, RunStatus.Completed)]
    public void History_ThatIsNotLegal_IsFoundOut(RunStatus first, RunStatus second)
    {
        using var temp = new TempLab();
        var run = temp.AddRun("20260314-092653-ab12", LabOfRuns.Spec());
        using (var events = new RunEventWriter(run))
            foreach (var status in (RunStatus[])[first, second]) events.Append(new StatusEvent { Time = TestRuns.Start, Status = status });

        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertLegal(run));
    }

    private static void AssertLegal(RunFolder run)
    {
        var history = WorkerComparison.EventsOf(run).OfType<StatusEvent>().Select(one => one.Status).ToList();
        foreach (var (before, after) in history.Zip(history.Skip(1))) Assert.True(s_legal[before].Contains(after), $"{run.Id} went from {before} to {after}.");
    }

    /// <summary>One lab after the other on one data directory, and what was done to them.</summary>
    private sealed class Sequence : IDisposable
    {
        private static readonly HastyClock s_clock = new();

        private readonly TempLab _temp;
        private readonly FakeWorkers _workers;
        private readonly Random _random;
        private LabOfRuns _lab;
        private readonly HashSet<string> _inLine = []; // those that wait and whose worker did not just die: others go first
        private int _seen;

        public Sequence(TempLab temp, FakeWorkers workers, Random random)
        {
            (_temp, _workers, _random, _lab) = (temp, workers, random, new LabOfRuns(temp.Directory, workers, s_clock));
            workers.CheckpointInterval = 2;
            workers.DiesAt = (_, step) =>
            {
                lock (_random)
                {
                    Thread.Sleep(_random.Next(3));
                    return _random.Next(25) == 0 && step > 1;
                }
            };
        }

        public List<string> Played { get; } = [];

        private static CancellationToken Cancel => TestContext.Current.CancellationToken;

        /// <summary>Some commands, a look at the runs after each, and the rules after that.</summary>
        public async Task PlayAsync()
        {
            for (var commands = Next(2, 6); commands > 0; commands--)
            {
                var ids = _lab.Runs.List().Where(run => !run.Status.IsTerminal() || Next(0, 8) == 0).Select(run => run.Id).ToList();
                var any = ids.Count > 0 ? ids[Next(0, ids.Count)] : null;
                try
                {
                    await DoAsync(any is null ? 0 : Next(0, 10), any);
                }
                catch (Exception e) when (e is InvalidOperationException or WorkerUnavailableException)
                {
                    Assert.NotEmpty(e.Message); // refused in words: it had ended, waits in the queue, or its worker is leaving
                }

                await LookAsync();
            }
        }

        /// <summary>Everything comes to an end by itself once nothing holds it.</summary>
        public async Task EndAsync()
        {
            await _lab.Queue.PauseAsync(false, Cancel);
            await StopPausedAsync();
            await Eventually.HoldsAsync(() => _lab.Runs.List().All(run => run.Status.IsTerminal()), "all runs have ended", async () =>
            {
                await LookAsync();
                await StopPausedAsync();
            });
            foreach (var run in _lab.Runs.List()) AssertLegal(_lab.Store.Find(run.Id)!);
        }

        private async Task StopPausedAsync()
        {
            foreach (var run in _lab.Runs.List().Where(run => run.Status == RunStatus.Paused))
            {
                try
                {
                    await _lab.Runs.StopAsync(run.Id, Cancel);
                }
                catch (WorkerUnavailableException)
                {
                    // Its worker is just leaving; the next look tells.
                }
            }
        }

        public void Dispose() => _lab.Dispose();

        private async Task DoAsync(int command, string? id)
        {
            Played.Add($"{command} {id?[^4..]}");
            switch (command)
            {
                case 0 or 1:
                    _inLine.Add((await _lab.Runs.StartAsync(LabOfRuns.Spec(steps: Next(1, 6)), Cancel)).Id);
                    break;
                case 2:
                    await _lab.Runs.StopAsync(id!, Cancel);
                    break;
                case 3:
                    var had = await _lab.Training.HasWorkerAsync(_lab.Catalog.Stored(id!)!, Cancel);
                    if (!had && _lab.Runs.Find(id!)!.Status.IsTerminal()) _inLine.Add(id!);
                    await _lab.Runs.ResumeAsync(id!, Cancel);
                    break;
                case 4:
                    await _lab.Runs.PauseAsync(id!, Cancel);
                    break;
                case 5:
                    await _lab.Queue.MoveAsync(id!, Next(0, 3), Cancel);
                    break;
                case 6:
                    await _lab.Queue.PauseAsync(Next(0, 2) == 0, Cancel);
                    break;
                case 7 or 8:
                    foreach (var worker in _workers.All.Where(worker => !worker.HasExited)) worker.Kill();
                    break;
                case 9:
                    _lab.Dispose();
                    _lab = new LabOfRuns(_temp.Directory, _workers, s_clock);
                    break;
            }
        }

        /// <summary>Looks after the runs once, and whether those that begin are those that are due.</summary>
        private async Task LookAsync()
        {
            var (isPaused, waiting) = (_lab.Queue.State.IsPaused, _lab.Queue.State.Runs.Select(run => run.Id).ToList());
            await _lab.LookAfterAsync();
            var begun = _workers.All.Skip(_seen).Select(worker => worker.Run.Id).ToList();
            _seen += begun.Count;

            Assert.True(begun.Count <= 1, $"{begun.Count} workers began at once on one device.");
            if (begun is [var first] && _inLine.Remove(first) && waiting.Contains(first)) Assert.Equal((false, waiting[0]), (isPaused, first));
            var atWork = _workers.All.Where(worker => !worker.HasExited && !worker.IsKilled && !worker.FoundRunTaken).Select(worker => worker.Run.Id).Distinct(); // two on one run: one finds it taken
            Assert.True(atWork.Count() <= 1, "Two runs are trained on one device.");
        }

        private int Next(int from, int to)
        {
            lock (_random) return _random.Next(from, to);
        }
    }

    /// <summary>Every look is a new one, and who waits for a worker that has died gives up soon.</summary>
    private sealed class HastyClock : EagerClock
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : dueTime / 200, period);
    }

    /// <summary>Waiting for the disk is of no use here.</summary>
    private sealed class UnflushedFiles : WatchedFiles
    {
        protected override void Call(FileCall call, Action<int> perform) => perform(call.Bytes.Length);
    }
}
