using TinyLM.Lab.Runs.Alerts;
using TinyLM.Lab.Runs.Export;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Browser;

/// <summary>A fake lab with a run in every state and a corpus that a person added.</summary>
public sealed class FilledLab : IAsyncLifetime
{
    private readonly FakeLab _lab = new();
    private readonly TemporaryFolder _logs = new();

    /// <summary>Where its pages are.</summary>
    public Uri Address => _lab.Address;

    /// <summary>A TensorBoard log directory with two runs.</summary>
    public string LogPath => _logs.Path;

    /// <inheritdoc/>
    public ValueTask InitializeAsync()
    {
        _lab.Library.Add("Tiny Shakespeare.txt", "First Citizen:\nBefore we proceed any further, hear me speak.\nAll:\nSpeak, speak.");
        FillQueue(_lab.Runs);
        Fill(_lab.Runs);
        WriteLog("baseline", 1);
        WriteLog("wide", 0.8);
        return _lab.InitializeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _lab.DisposeAsync();
        _logs.Dispose();
    }

    private void WriteLog(string run, double scale)
    {
        Directory.CreateDirectory(_logs[run]);
        using var file = File.Create(_logs[run, "events.out.tfevents.1.host"]);
        for (var step = 1; step <= 400; step++)
            TensorBoardFile.Write(file, new TensorBoardEvent(1_700_000_000 + step, step, null, [("loss/train", (float)(scale * (1.5 + 4 / Math.Sqrt(step) + 0.1 * Math.Sin(step)))), ("learning_rate", (float)(1e-3 * Math.Min(1, step / 50.0)))]));
    }

    private static void Fill(FakeRunService runs)
    {
        var failed = runs.Add(TestRuns.Summary("failed", RunStatus.Failed) with { Name = "Too hot", Step = 12, Reason = "The loss is not a number at step 12: the learning rate of 1000 is too high. Start again with a lower one, such as 0.001." });
        for (var step = 1; step <= 12; step++) failed.Add(TestRuns.Step(step, step == 12 ? double.NaN : 7.6 + step));
        failed.Become(run => run with { TrainLoss = null });
        var completed = Noisy(runs.Add(TestRuns.Summary("completed", RunStatus.Running) with { Name = "Quick model" }), 1500);
        completed.Become(run => run with { Status = RunStatus.Completed, EndedAt = TestRuns.Start.AddSeconds(151) });
        runs.Add(TestRuns.Summary("preparing", RunStatus.Preparing) with { Name = "Shakespeare", Corpus = "corpus-1", Stage = "Training the tokenizer", StageFraction = 0.42 });
        var running = Noisy(runs.Add(TestRuns.Summary("running", RunStatus.Running) with { Name = "Quick model, twice the width", TimeLeft = TimeSpan.FromSeconds(84) }), 640);
        running.Alerts = [new RunAlert(AlertKind.Spike, 560, "The loss jumped to 3.412 at step 560; before, it was 1.702 ± 0.081.", "One odd batch passes by itself. If the loss stays up, the learning rate is too high for this point: go back to the checkpoint before it with a lower rate, or clip gradients.")];
        running.Become(run => run with { Alert = AlertKind.Spike });
    }

    /// <summary>A sweep of which some runs wait, and a deleted run.</summary>
    private static void FillQueue(FakeRunService runs)
    {
        var group = new GroupSpec { Id = "sweep", Name = "learningRate × layerCount", Settings = ["training.learningRate", "model.layerCount"] };
        foreach (var (index, (rate, layers)) in (from rate in (double[])[3e-4, 1e-3, 3e-3, 1e-2] from layers in (int[])[2, 4] select (rate, layers)).Index())
        {
            var spec = RunPresets.Quick.Spec with { Name = $"Quick model: learningRate {rate}, layerCount {layers}", Group = group, Model = RunPresets.Quick.Spec.Model with { LayerCount = layers }, Training = RunPresets.Quick.Spec.Training with { LearningRate = rate } };
            var isWaiting = index >= 6;
            runs.Add(TestRuns.Summary($"sweep-{index}", isWaiting ? RunStatus.Queued : RunStatus.Completed) with
            {
                Name = spec.Name,
                Group = group,
                Step = isWaiting ? 0 : 1500,
                DiskBytes = isWaiting ? 4000 : 38_000_000 + 1_000_000 * index,
                WallTime = isWaiting ? null : 80 + 20 * layers,
                ValidationLoss = isWaiting ? null : 1.2 + Math.Pow(Math.Log10(rate) + 2.5, 2) * 0.4 - 0.02 * layers,
                TrainLoss = isWaiting ? null : 1.3,
            }, spec);
        }

        runs.Add(TestRuns.Summary("gone", RunStatus.Completed) with { Name = "An early try" });
        runs.DeleteAsync("gone").GetAwaiter().GetResult();
    }

    /// <summary>A run whose loss falls with the noise of small batches, and whose samples learn to write.</summary>
    private static FakeRunFeed Noisy(FakeRunFeed feed, int steps)
    {
        string[] samples =
        [
            "qe th@lk  ao.s wh,the e r nd ia the a",
            " the a was and the dog. the dog was a the and happy.",
            " was a little girl named Lily. She was very happy the ball. \"I want you,\" said the dog.",
            " there was a little fox who lived near the old well. He wanted to see the sea, but the hill was high. \"I can help you,\" said the owl. They walked up the hill together, and the fox saw the blue sea. He smiled all the way home.",
        ];
        var random = new Random(7);
        feed.Add(TestRuns.Environment());
        feed.Add(TestRuns.Dataset());
        for (var step = 1; step <= steps; step++)
        {
            var noise = random.NextDouble() + random.NextDouble() - 1;
            feed.Add(TestRuns.Step(step, 1.55 + 6 * Math.Exp(-step / 90.0) + 1.4 / Math.Sqrt(step) + 0.16 * noise) with
            {
                GradientNorm = 0.35 + 3.0 / Math.Sqrt(step) + 0.1 * Math.Abs(noise),
                TokensPerSecond = 41_000 + 2_500 * noise,
                FlopsUtilization = 0.302 + 0.018 * noise,
                Times = new StepTimes(1e-4f, (float)(0.0155 + 0.001 * noise), (float)(0.0318 + 0.002 * noise), 0.0021f),
                UpdateRatio = step % 10 == 0 ? 2e-3 * Math.Min(1, step / 60.0) * (1 + 0.2 * noise) : null,
                Hardware = step % 20 == 0 ? new HardwareReading { Processors = 1.85 + 0.1 * noise, MemoryBytes = 410_000_000 + 30_000L * step, Gpu = new GpuReading(0.93 + 0.05 * noise, 21_353_201_664, 55 + Math.Min(9, step / 60), 400 + 60 * noise) } : null,
            });
            if (step % 50 == 0) feed.Add(TestRuns.Evaluation(step) with { Loss = 1.57 + 6 * Math.Exp(-step / 90.0) + 1.4 / Math.Sqrt(step) });
            if (step % 75 == 0) feed.Add(TestRuns.Sample(step, samples[Math.Min(samples.Length - 1, step / 150)], "Once upon a time"));
            if (step % 250 == 0) feed.Add(TestRuns.Checkpoint(step));
        }

        return feed;
    }
}
