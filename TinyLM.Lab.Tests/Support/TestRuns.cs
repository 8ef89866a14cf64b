using TinyLM.Lab.Runs;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Runs in the states that pages have to show.</summary>
public static class TestRuns
{
    /// <summary>The moment at which the runs of tests were made.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 3, 14, 9, 26, 53, TimeSpan.Zero);

    /// <summary>A run of 1,500 steps that has just been asked for.</summary>
    public static RunSummary Summary(string id, RunStatus status) => new()
    {
        Id = id,
        Name = "Quick model",
        Status = status,
        CreatedAt = Start,
        Preset = "quick",
        Corpus = "stories",
        ParameterCount = 1_071_616,
        Steps = 1500,
    };

    /// <summary>One step of a loss that falls as 1.6 + 6 / √step, without noise.</summary>
    public static StepEvent Step(int step, double? loss = null) => new()
    {
        Time = Start.AddSeconds(step),
        Step = step,
        Loss = loss ?? 1.6 + 6 / Math.Sqrt(step),
        LearningRate = 2e-3 * Math.Min(1, step / 60.0),
        GradientNorm = 0.4 + 2.0 / step,
        Tokens = step * 2048L,
        TokensPerSecond = 41_000,
        WallTime = step * 0.05,
    };

    /// <summary>A measurement of the validation loss.</summary>
    public static EvaluationEvent Evaluation(int step) => new() { Time = Start.AddSeconds(step), Step = step, Loss = 1.65 + 6 / Math.Sqrt(step), WallTime = step * 0.05 };

    /// <summary>Something that the model wrote.</summary>
    public static SampleEvent Sample(int step, string text, string prompt = "") => new() { Time = Start.AddSeconds(step), Step = step, Prompt = prompt, Text = text, Temperature = 0.8 };

    /// <summary>A checkpoint.</summary>
    public static CheckpointEvent Checkpoint(int step) => new() { Time = Start.AddSeconds(step), Step = step, Path = "checkpoints/" + RunFolder.CheckpointName(step) };

    /// <summary>A warning.</summary>
    public static WarningEvent Warning(string message) => new() { Time = Start, Message = message };

    /// <summary>Data with 4 bytes a token and a floor of 1.2 nats per token.</summary>
    public static DatasetEvent Dataset(bool isUpperBound = false) => new()
    {
        Time = Start,
        Dataset = "dataset-1",
        Tokenizer = "tokenizer-1",
        TrainSha256 = new string('a', 64),
        TokenizerSha256 = new string('b', 64),
        TrainTokens = 1_900_000,
        ValidationTokens = 100_000,
        BytesPerToken = 4,
        EntropyFloor = 1.2,
        EntropyFloorIsUpperBound = isUpperBound,
    };

    /// <summary>A worker on the processor.</summary>
    public static EnvironmentEvent Environment() => new()
    {
        Time = Start,
        Device = "cpu",
        DeviceName = "AMD EPYC, 2 threads",
        Threads = 2,
        Precision = "bf16",
        Versions = new Dictionary<string, string> { ["lab"] = "0.1.0" },
        ParameterCount = 1_071_616,
    };

    /// <summary>Adds to a run what happens in its first <paramref name="steps"/> steps.</summary>
    public static FakeRunFeed Train(this FakeRunFeed feed, int steps)
    {
        feed.Add(Environment());
        feed.Add(Dataset());
        for (var step = 1; step <= steps; step++)
        {
            feed.Add(Step(step));
            if (step % 100 == 0) feed.Add(Evaluation(step));
            if (step % 250 == 0) feed.Add(Checkpoint(step));
        }

        return feed;
    }
}
