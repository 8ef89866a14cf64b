using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Model.Training;

public class LearningRateScheduleTests
{
    private static readonly TrainingConfig s_config = new() { Steps = 110, WarmupSteps = 10, LearningRate = 0.5, FinalLearningRateFraction = 0.1 };

    [Theory]
    [InlineData(1, 0.05)]
    [InlineData(10, 0.5)]
    [InlineData(60, 0.275)] // half way down: the mean of highest and last
    [InlineData(110, 0.05)]
    public void At_WarmupAndCosine_HasTheFormulasValues(int step, double expected) =>
        Assert.Equal(expected, LearningRateSchedule.At(s_config, step), 1e-12);

    [Theory]
    [InlineData(ScheduleShape.Linear, 10, 0.5)]
    [InlineData(ScheduleShape.Linear, 60, 0.275)]
    [InlineData(ScheduleShape.Linear, 85, 0.1625)] // three quarters down: 0.5 · (0.1 + 0.9 · 0.25)
    [InlineData(ScheduleShape.Linear, 110, 0.05)]
    [InlineData(ScheduleShape.Constant, 5, 0.25)]
    [InlineData(ScheduleShape.Constant, 110, 0.5)]
    [InlineData(ScheduleShape.WarmupStableDecay, 10, 0.5)]
    [InlineData(ScheduleShape.WarmupStableDecay, 88, 0.5)] // the last fifth of 110 steps begins
    [InlineData(ScheduleShape.WarmupStableDecay, 99, 0.275)]
    [InlineData(ScheduleShape.WarmupStableDecay, 110, 0.05)]
    public void At_OtherShapes_HasTheFormulasValues(ScheduleShape shape, int step, double expected) =>
        Assert.Equal(expected, LearningRateSchedule.At(s_config with { Schedule = shape }, step), 1e-12);

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
