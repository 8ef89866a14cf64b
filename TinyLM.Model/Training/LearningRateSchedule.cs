namespace TinyLM.Model.Training;

/// <summary>Linear warm-up, then the chosen shape down to a fraction of the highest rate.</summary>
/// <remarks>
/// Step for step that of llm.c (llmc/schedulers.h): the step after the warm-up has the highest rate, and the fall would reach its end
/// one step after the last. The warm-up as in GPT-3 (Brown et al. 2020, appendix B); the shapes name their sources.
/// </remarks>
internal static class LearningRateSchedule
{
    /// <summary>The learning rate of a step.</summary>
    /// <param name="config">Steps, warm-up, shape, highest rate and final fraction.</param>
    /// <param name="step">Number of the step, from 1.</param>
    public static double At(TrainingConfig config, int step)
    {
        if (step <= config.WarmupSteps) return config.LearningRate * step / config.WarmupSteps;
        var progress = Math.Clamp((double)(step - 1 - config.WarmupSteps) / (config.Steps - config.WarmupSteps), 0, 1);
        return config.LearningRate * (config.FinalLearningRateFraction + (1 - config.FinalLearningRateFraction) * Height(config, step, progress));
    }

    /// <summary>Part of the fall at the end of a warm-up–stable–decay schedule; 0 before it.</summary>
    private static double DecayProgress(TrainingConfig config, int step)
    {
        var start = (int)((1 - config.DecayFraction) * config.Steps);
        return Math.Clamp((double)(step - 1 - start) / (config.Steps - start), 0, 1);
    }

    /// <summary>What is left of the fall: from 1 to 0.</summary>
    private static double Height(TrainingConfig config, int step, double progress) => config.Schedule switch
    {
        ScheduleShape.Cosine => (1 + Math.Cos(Math.PI * progress)) / 2,
        ScheduleShape.Linear => 1 - progress,
        ScheduleShape.Constant => 1,
        ScheduleShape.WarmupStableDecay => 1 - Math.Sqrt(DecayProgress(config, step)),
        var shape => throw new ArgumentException($"There is no schedule {shape}.", nameof(config)),
    };
}
