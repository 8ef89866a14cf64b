using System.Diagnostics;
using System.Runtime.InteropServices;
using TinyLM.Lab.Commands;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>SIGTERM and Ctrl+C, whatever the worker is just doing: a checkpoint of the last step, and it has left within 10 seconds.</summary>
[Collection(TorchTests.Name)]
public sealed partial class InterruptTests : IDisposable
{
    private static readonly TimeSpan s_promise = TimeSpan.FromSeconds(10);

    private static readonly TrainingConfig s_training = new()
    {
        Steps = 8,
        BatchSize = 2,
        WarmupSteps = 2,
        EvaluationInterval = 2,
        EvaluationBatches = 2,
        SampleInterval = 2,
        CheckpointInterval = 2,
        Device = "cpu",
        Threads = 1,
        Precision = TrainingPrecision.Fp32,
    };

    private readonly TempLab _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Interrupt_InEachPhase_SavesTheLastStepAndLeavesInTime()
    {
        var random = new Random(11);
        var phases = (WorkerPhase?[])[null, .. Enum.GetValues<WorkerPhase>().Cast<WorkerPhase?>()];
        for (var trial = 0; trial < TrustCounts.Of(30, 200); trial++)
        {
            var phase = phases[trial % phases.Length]; // null: in a step
            using var worker = new TestRunWorker(s_training, ["The fox"], TrainingRuns.TinyModel with { LayerCount = 1 });
            using var control = new RunControl();
            var (countdown, asked) = (phase == WorkerPhase.Starting ? 0 : random.Next(3), 0L);
            worker.OnPhase = now =>
            {
                if (now == phase && countdown-- == 0) Interrupt();
            };
            worker.OnBatch = _ =>
            {
                if (phase is null && countdown-- == 0) Interrupt();
            };

            var status = worker.Run(control);

            var took = Stopwatch.GetElapsedTime(asked);
            Assert.True(took < s_promise, $"Leaving while {phase?.ToString() ?? "stepping"} took {took}.");
            Assert.Equal(RunStatus.Interrupted, status);
            var last = worker.Events().OfType<StatusEvent>().Last();
            Assert.Equal(RunStatus.Interrupted, last.Status);
            Assert.Equal(last.Step, CheckpointStore.NewestGood(worker.Folder) ?? 0);
            (worker.OnBatch, worker.OnPhase) = (null, null);
            Assert.Equal(RunStatus.Completed, worker.Run());

            void Interrupt()
            {
                asked = Stopwatch.GetTimestamp();
                control.Interrupt();
            }
        }
    }

    /// <summary>The same by the system's signals, to the program as a person runs it in a terminal.</summary>
    [Theory]
    [InlineData("starting", 15)]
    [InlineData("stepping", 2)]
    [InlineData("evaluating", 15)]
    [InlineData("saving", 15)]
    [InlineData("sampling", 2)]
    public async Task Signal_InEachPhase_SavesAndLeavesInTime(string phase, int signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are Unix's.");
        Assert.SkipWhen(IsIgnored(signal), $"Signal {signal} was switched off for these tests by who started them, as a shell does for what runs in its background; the programs they start inherit that.");
        var spec = Path.Combine(_temp.Directory.Path, "spec.json");
        await File.WriteAllTextAsync(spec, SpecOf(phase).ToJson(), TestContext.Current.CancellationToken);
        await using var training = LabProcess.Start("train", "--spec", spec, "--data", _temp.Directory.Path);
        training.DropOutput();
        RunFolder? run = null;
        await Eventually.HoldsAsync(() => (run = Directory.EnumerateDirectories(_temp.Directory.RunsPath).Where(path => !path.EndsWith(".new", StringComparison.Ordinal)).Select(path => new RunFolder(path)).FirstOrDefault()) is not null, "the run is made");
        await Eventually.HoldsAsync(() => Has(run!, phase), $"the run is {phase}");

        var asked = Stopwatch.GetTimestamp();
        Assert.Equal(0, Kill(training.Id, signal));
        var code = await training.ExitCodeAsync().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        var took = Stopwatch.GetElapsedTime(asked);
        Assert.True(took < s_promise, $"It took {took} to leave.");
        Assert.Equal(ExitCode.Stopped, code);
        var last = WorkerComparison.EventsOf(run!).OfType<StatusEvent>().Last();
        Assert.Equal(RunStatus.Interrupted, last.Status);
        Assert.Equal(last.Step, CheckpointStore.NewestGood(run!) ?? 0);
    }

    /// <summary>Whether this process, and so those that it starts, does not hear a signal: a bit of SigIgn, where Linux tells it.</summary>
    private static bool IsIgnored(int signal) =>
        File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line
        && (Convert.ToUInt64(line["SigIgn:".Length..].Trim(), 16) >> (signal - 1) & 1) != 0;

    private static RunSpec SpecOf(string phase)
    {
        var spec = LabOfRuns.Spec(steps: 1_000_000);
        return spec with
        {
            Data = new DataSpec { StoryBytes = phase == "starting" ? 20_000_000 : 100_000 },
            Tokenizer = new TokenizerSpec { VocabularySize = 300, TrainingBytes = 50_000 },
            Model = new ModelConfig { VocabularySize = 300, ContextLength = 32, EmbeddingSize = 32, LayerCount = 1, HeadCount = 2 },
            Training = spec.Training with
            {
                BatchSize = 4,
                CheckpointInterval = phase == "saving" ? 1 : 1_000,
                EvaluationInterval = phase == "evaluating" ? 1 : 1_000,
                EvaluationBatches = phase == "evaluating" ? 100_000 : 1,
                SampleInterval = phase == "sampling" ? 1 : 0,
                Threads = 1,
                Precision = TrainingPrecision.Fp32,
            },
        };
    }

    private static bool Has(RunFolder run, string phase)
    {
        var events = new RunEventReader(run).Read().ToList();
        return phase switch
        {
            "starting" => events.OfType<StatusEvent>().Any(e => e.Status == RunStatus.Preparing),
            "evaluating" => events.OfType<StatusEvent>().Any(e => e.Status == RunStatus.Running), // the first measurement comes before the first step
            "stepping" => events.OfType<StepEvent>().Any(e => e.Step > 3),
            "saving" => events.OfType<CheckpointEvent>().Count() > 2,
            _ => events.OfType<SampleEvent>().Count() > 2,
        };
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
