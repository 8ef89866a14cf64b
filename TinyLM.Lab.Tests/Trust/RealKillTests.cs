using System.Diagnostics;
using System.Text.RegularExpressions;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>kill -9 of the programs themselves: worker, lab, and both at once.</summary>
public sealed partial class RealKillTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly HashSet<int> _workers = [];

    public void Dispose()
    {
        foreach (var worker in _workers) Kill(worker);
        _temp.Dispose();
    }

    [Fact]
    public async Task LabAndWorker_KilledAtRandomMoments_LoseNothingThatWasAcknowledged()
    {
        var ct = TestContext.Current.CancellationToken;
        var random = new Random(17);
        var run = new RunStore(_temp.Directory, TimeProvider.System).Create(Spec()).Folder;
        var lab = LabProcess.Start("--port", "0", "--data", _temp.Directory.Path);
        try
        {
            for (var kill = 0; kill < TrustCounts.Of(3, 30); kill++)
            {
                var before = Acknowledged(run);
                await Eventually.HoldsAsync(() => Acknowledged(run) > before, "another checkpoint stands");
                await Task.Delay(random.Next(200), ct);
                var acknowledged = Acknowledged(run);
                var worker = WorkerOf(run);
                if (kill % 3 != 1) await lab.KillAsync(); // 0: the lab, 1: the worker, 2: both
                if (kill % 3 != 0) Kill(worker);

                Assert.True(CheckpointStore.NewestGood(run) >= acknowledged, $"Step {acknowledged} was acknowledged.");
                if (kill % 3 == 1) continue;
                await lab.DisposeAsync();
                lab = LabProcess.Start("--port", "0", "--data", _temp.Directory.Path);
            }

            var last = Acknowledged(run);
            await Eventually.HoldsAsync(() => Acknowledged(run) > last, "the run goes on");
            await lab.KillAsync();
            Kill(WorkerOf(run));
            using (var held = await TinyLM.Lab.Runs.Workers.TrainingHost.AcquireAsync(run, TimeProvider.System, ct)) Assert.NotNull(held);
            var steps = LabOfRuns.StepsOf(run);
            Assert.Equal(Enumerable.Range(1, steps.Count), steps);
        }
        finally
        {
            await lab.DisposeAsync();
        }
    }

    private static RunSpec Spec()
    {
        var spec = LabOfRuns.Spec(steps: 10_000_000);
        return spec with
        {
            Data = new DataSpec { StoryBytes = 100_000 },
            Tokenizer = new TokenizerSpec { VocabularySize = 300, TrainingBytes = 50_000 },
            Model = new ModelConfig { VocabularySize = 300, ContextLength = 32, EmbeddingSize = 32, LayerCount = 1, HeadCount = 2 },
            Training = spec.Training with { BatchSize = 4, CheckpointInterval = 20, EvaluationInterval = 1_000, SampleInterval = 0, Threads = 1, Precision = TrainingPrecision.Fp32 },
        };
    }

    /// <summary>The newest checkpoint that the events tell of.</summary>
    private static int Acknowledged(RunFolder run)
    {
        var (reader, newest) = (new RunEventReader(run), 0);
        while (reader.Read() is { Count: > 0 } events) newest = events.OfType<CheckpointEvent>().LastOrDefault()?.Step ?? newest;
        return newest;
    }

    /// <summary>The process that works on the run, as worker.log says.</summary>
    private int WorkerOf(RunFolder run)
    {
        var worker = int.Parse(Greeting().Matches(File.ReadAllText(run.LogPath))[^1].Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        _workers.Add(worker);
        return worker;
    }

    private static void Kill(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            process.Kill();
            process.WaitForExit();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has left.
        }
    }

    [GeneratedRegex(@"A worker begins \(process (\d+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Greeting();
}
