using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests;

/// <summary>Two runs of the same settings: whether they are the same, bit for bit.</summary>
internal static class WorkerComparison
{
    /// <summary>Fails unless the checkpoints of a step are equal bit for bit, and the events but for times and speeds.</summary>
    public static void AssertSame(RunFolder expected, RunFolder found, int step)
    {
        foreach (var file in (string[])["model.safetensors", "optimizer.safetensors"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(expected.CheckpointPath(step), file)), File.ReadAllBytes(Path.Combine(found.CheckpointPath(step), file)));
        Assert.Equal(Checkpoint.ReadState(expected.CheckpointPath(step)).Sampler, Checkpoint.ReadState(found.CheckpointPath(step)).Sampler);
        var (theirs, ours) = (EventsOf(expected), EventsOf(found));
        Assert.Equal(
            theirs.OfType<StepEvent>().Select(e => (e.Step, e.Loss, e.GradientNorm, e.LearningRate, e.Tokens, e.UpdateRatio)),
            ours.OfType<StepEvent>().Select(e => (e.Step, e.Loss, e.GradientNorm, e.LearningRate, e.Tokens, e.UpdateRatio)));
        Assert.Equal(
            theirs.OfType<EvaluationEvent>().Select(e => (e.Step, e.Loss)),
            ours.OfType<EvaluationEvent>().Select(e => (e.Step, e.Loss)));
        Assert.Equal(
            theirs.OfType<SampleEvent>().Select(e => (e.Step, e.Text)),
            ours.OfType<SampleEvent>().Select(e => (e.Step, e.Text)));
        Assert.Equal(ours.OfType<StepEvent>().Select(e => e.WallTime).Order(), ours.OfType<StepEvent>().Select(e => e.WallTime));
    }

    /// <summary>All events of a run.</summary>
    public static IReadOnlyList<RunEvent> EventsOf(RunFolder run)
    {
        var reader = new RunEventReader(run);
        var all = new List<RunEvent>();
        while (reader.Read() is { Count: > 0 } events) all.AddRange(events);
        Assert.Equal(0, reader.UnreadableLines);
        return all;
    }
}
