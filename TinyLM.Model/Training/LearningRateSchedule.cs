namespace TinyLM.Model.Training;

/// <summary>Linear warm-up, then a cosine down to a fraction of the highest rate.</summary>
/// <remarks>Loshchilov and Hutter 2016, https://arxiv.org/abs/1608.03983, without restarts; the warm-up as in GPT-3 (Brown et al. 2020, appendix B).</remarks>
internal static class LearningRateSchedule
{
    /// <summary>The learning rate of a step.</summary>
    /// <param name="config">Steps, warm-up, highest rate and final fraction.</param>
    /// <param name="step">Number of the step, from 1; the last one has the final rate.</param>
    public static double At(TrainingConfig config, int step)
    {
        if (step <= config.WarmupSteps) return config.LearningRate * step / config.WarmupSteps;
        var progress = (double)(step - config.WarmupSteps) / (config.Steps - config.WarmupSteps);
        var cosine = (1 + Math.Cos(Math.PI * Math.Min(progress, 1))) / 2;
        return config.LearningRate * (config.FinalLearningRateFraction + (1 - config.FinalLearningRateFraction) * cosine);
    }
}
