using System.Globalization;
using TinyLM.Model.Data;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Benchmarks;

/// <summary>What a step of the quick preset does besides computing: its batch is read and its events are written.</summary>
internal static class TrainingOverhead
{
    private const int Rounds = 2000;

    /// <summary>Prints a table.</summary>
    public static void Run()
    {
        var spec = RunPresets.Quick.Spec;
        var folder = Directory.CreateTempSubdirectory("tinylm-overhead-").FullName;
        try
        {
            var shardPath = Path.Combine(folder, "train.bin");
            using (var writer = new TokenShardWriter(shardPath, spec.Model.VocabularySize))
            {
                var random = new Random(1);
                for (var i = 0; i < 1000; i++) writer.Append([.. Enumerable.Range(0, 4000).Select(_ => random.Next(spec.Model.VocabularySize))]);
                writer.Complete();
            }
            using var shard = TokenShard.Open(shardPath);
            var sampler = new BatchSampler(WindowOrder.Shuffled(shard, spec.Model.ContextLength, seed: 1), spec.Training.BatchSize);
            var (inputs, targets) = (new int[spec.Training.BatchSize * spec.Model.ContextLength], new int[spec.Training.BatchSize * spec.Model.ContextLength]);
            var run = new RunFolder(folder);
            using var events = new RunEventWriter(run);

            var loading = StepTiming.Fastest(5, () => { for (var i = 0; i < Rounds; i++) sampler.Next(inputs, targets); }) / Rounds;
            var writing = StepTiming.Fastest(5, () => { for (var i = 0; i < Rounds; i++) events.Append(Event(i)); }) / Rounds;
            using var timing = new StepTiming(spec.Model, spec.Training, threads: 1, TrainingPrecision.Fp32);
            var step = timing.FastestStep(20);
            Console.WriteLine("| step, one thread | reading its batch | writing its event | part of the step |");
            Console.WriteLine("|---|---|---|---|");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {step:F1} ms | {loading * 1000:F1} µs | {writing * 1000:F1} µs | {(loading + writing) / step:P2} |"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static StepEvent Event(int step) => new()
    {
        Time = DateTimeOffset.UtcNow,
        Step = step,
        Tokens = 1024L * step,
        Loss = 3.14159,
        LearningRate = 1e-3,
        GradientNorm = 0.7,
        TokensPerSecond = 31_415.9,
        Epoch = 0.5,
        WallTime = 12.5,
    };
}
