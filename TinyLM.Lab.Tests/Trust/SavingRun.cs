using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>What a worker does to the disk, by its own parts and without libtorch: a step's "training" gives the weights of its number.</summary>
/// <param name="run">The run.</param>
internal sealed class SavingRun(RunFolder run)
{
    public const int Steps = 8;
    private const int Interval = 2;
    private const int Kept = 2;

    private static readonly ModelConfig s_model = new() { VocabularySize = 5, ContextLength = 2, EmbeddingSize = 4, LayerCount = 1, HeadCount = 2 };

    /// <summary>Called when a checkpoint stands, as the loop tells by its event.</summary>
    public Action<int> Saved { get; init; } = _ => { };

    /// <summary>Called when events are on the disk, with the length of the file.</summary>
    public Action<long> Flushed { get; init; } = _ => { };

    /// <summary>Writes a checkpoint in its own way, if set: for writers that are not careful.</summary>
    public Action<Checkpoint, string>? Write { get; init; }

    /// <summary>Goes on from the newest good checkpoint to the end.</summary>
    /// <returns>The step that it went on from; 0 for the start.</returns>
    public int Go()
    {
        using var events = new RunEventWriter(run);
        var start = new Resumption(run, events, TimeProvider.System).GoBack()?.State.Step ?? 0;
        for (var step = start + 1; step <= Steps; step++)
        {
            events.Append(TestRuns.Step(step));
            if (step % Interval == 0) Save(step, events);
        }

        events.Append(new StatusEvent { Time = TestRuns.Start, Status = RunStatus.Completed, Step = Steps });
        Flush(events);
        return start;
    }

    /// <summary>The checkpoint of a step.</summary>
    public static Checkpoint At(int step, long eventsPosition) => new()
    {
        Weights = TestWeights.Random(s_model, step),
        Optimizer = new OrderedDictionary<string, WeightTensor> { ["exp_avg"] = new WeightTensor([3], new float[] { step, 2, 3 }) },
        State = new TrainerState
        {
            Step = step,
            Tokens = step,
            WallTime = step,
            EventsPosition = eventsPosition,
            Sampler = $"{step}",
            Plan = TrainingRuns.Exact,
            SpecSha256 = "",
            TrainSha256 = "",
            TokenizerSha256 = "",
        },
    };

    /// <summary>Fails unless every checkpoint whose sums hold has the weights of its step, and there is one of this step or a later one.</summary>
    public static void AssertWhole(RunFolder run, int acknowledged)
    {
        var good = CheckpointStore.NewestGood(run) ?? 0;
        Assert.True(good >= acknowledged, $"Step {acknowledged} was acknowledged, and the newest good checkpoint is of step {good}.");
        foreach (var step in CheckpointStore.ListSteps(run))
        {
            try
            {
                CheckpointStore.Verify(run.CheckpointPath(step));
            }
            catch (CheckpointException) when (step != good)
            {
                continue;
            }

            var expected = At(step, 0);
            var found = Checkpoint.Read(run.CheckpointPath(step));
            Assert.Equal(step, found.State.Step);
            foreach (var (name, tensor) in expected.Weights.Tensors) Assert.True(tensor.Values.Span.SequenceEqual(found.Weights.Tensors[name].Values.Span), $"{name} of step {step} is another.");
            Assert.True(expected.Optimizer["exp_avg"].Values.Span.SequenceEqual(found.Optimizer["exp_avg"].Values.Span));
        }
    }

    /// <summary>Fails unless the run has ended with its last checkpoint, and each step stands once.</summary>
    public static void AssertEnded(RunFolder run)
    {
        AssertWhole(run, Steps);
        Assert.Equal(Enumerable.Range(1, Steps), LabOfRuns.StepsOf(run));
    }

    /// <summary>Fails where something half done is left.</summary>
    public static void AssertTidy(RunFolder run) =>
        Assert.All(Directory.EnumerateFileSystemEntries(run.CheckpointsPath), path => Assert.NotNull(RunFolder.CheckpointStep(Path.GetFileName(path))));

    private void Save(int step, RunEventWriter events)
    {
        Flush(events);
        DurableFolder.Ensure(run.CheckpointsPath, run.Files);
        var checkpoint = At(step, events.Position);
        if (Write is null) checkpoint.Write(run.CheckpointPath(step), tokenizerPath: null, endOfTextId: 0, run.Files);
        else Write(checkpoint, run.CheckpointPath(step));
        Saved(step);
        events.Append(RunLoop.CheckpointAt(step, TimeProvider.System));
        foreach (var old in CheckpointStore.ListSteps(run).SkipLast(Kept)) DurableFolder.Remove(run.CheckpointPath(old), run.Files);
    }

    private void Flush(RunEventWriter events)
    {
        events.Flush();
        Flushed(events.Position);
    }
}
