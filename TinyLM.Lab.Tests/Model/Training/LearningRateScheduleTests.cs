using System.Text.Json;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Model.Training;

public class LearningRateScheduleTests
{
    private static readonly TrainingConfig s_config = new() { Steps = 110, WarmupSteps = 10, LearningRate = 0.5, FinalLearningRateFraction = 0.1 };

    [Theory]
    [InlineData(1, 0.05)]
    [InlineData(10, 0.5)]
    [InlineData(11, 0.5)] // the fall begins here
    [InlineData(61, 0.275)] // half way down: the mean of highest and last
    [InlineData(111, 0.05)]
    public void At_WarmupAndCosine_HasTheFormulasValues(int step, double expected) =>
        Assert.Equal(expected, LearningRateSchedule.At(s_config, step), 1e-12);

    [Theory]
    [InlineData(ScheduleShape.Linear, 10, 0.5)]
    [InlineData(ScheduleShape.Linear, 61, 0.275)]
    [InlineData(ScheduleShape.Linear, 86, 0.1625)] // three quarters down: 0.5 · (0.1 + 0.9 · 0.25)
    [InlineData(ScheduleShape.Linear, 111, 0.05)]
    [InlineData(ScheduleShape.Constant, 5, 0.25)]
    [InlineData(ScheduleShape.Constant, 110, 0.5)]
    [InlineData(ScheduleShape.WarmupStableDecay, 11, 0.5)]
    [InlineData(ScheduleShape.WarmupStableDecay, 89, 0.5)] // the last fifth of 110 steps begins
    [InlineData(ScheduleShape.WarmupStableDecay, 100, 0.18180194846605362)] // half of it: 0.5 · (0.1 + 0.9 · (1 − √½))
    [InlineData(ScheduleShape.WarmupStableDecay, 111, 0.05)]
    public void At_OtherShapes_HasTheFormulasValues(ScheduleShape shape, int step, double expected) =>
        Assert.Equal(expected, LearningRateSchedule.At(s_config with { Schedule = shape }, step), 1e-12);

    /// <summary>The learning rates that the reference run of a tiny Llama wrote down: llm.c's warm-up and cosine.</summary>
    [Fact]
    public void At_OfTheReferenceRun_IsWhatItWroteDown()
    {
        using var reference = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "llama_train", "llama_tiny_40steps.json")));
        var expected = reference.RootElement.GetProperty("log").EnumerateArray().Select(step => step.GetProperty("lr").GetDouble()).ToList();
        var config = new TrainingConfig { Steps = 40, WarmupSteps = 5, LearningRate = 0.02, FinalLearningRateFraction = 0.1 };

        Assert.All(expected.Index(), step => Assert.Equal(step.Item, LearningRateSchedule.At(config, step.Index + 1), 1e-15));
    }

    /// <summary>llm.c's functions over its steps from 0, written down from llmc/schedulers.h.</summary>
    [Theory]
    [InlineData(ScheduleShape.Cosine)]
    [InlineData(ScheduleShape.Linear)]
    [InlineData(ScheduleShape.WarmupStableDecay)]
    public void At_EveryStep_IsLlmcs(ScheduleShape shape)
    {
        var (steps, warmup, highest, lowest) = (110, 10, 0.5, 0.05);
        for (var step = 0; step < steps; step++)
        {
            var progress = (double)(step - warmup) / (steps - warmup);
            var decayPoint = (int)(0.8f * steps);
            var expected = step < warmup ? highest * (step + 1) / warmup : shape switch
            {
                ScheduleShape.Cosine => lowest + 0.5 * (1 + Math.Cos(Math.PI * progress)) * (highest - lowest),
                ScheduleShape.Linear => highest - progress * (highest - lowest),
                _ => step < decayPoint ? highest : lowest + (1 - Math.Sqrt((double)(step - decayPoint) / (steps - decayPoint))) * (highest - lowest),
            };

            Assert.Equal(expected, LearningRateSchedule.At(s_config with { Schedule = shape }, step + 1), 1e-12);
        }
    }

    [Fact]
    public void At_NoWarmupAndNoDecay_IsConstant()
    {
        var config = s_config with { WarmupSteps = 0, FinalLearningRateFraction = 1 };

        Assert.All(Enumerable.Range(1, 110), step => Assert.Equal(0.5, LearningRateSchedule.At(config, step), 1e-15));
    }

    [Fact]
    public void At_OnlyWarmup_EndsAtTheHighest() =>
        Assert.Equal(0.5, LearningRateSchedule.At(s_config with { WarmupSteps = 110 }, 110), 1e-15);
}
