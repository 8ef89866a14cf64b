using TinyLM.Lab.Runs;

namespace TinyLM.Lab.Components.Charts;

/// <summary>The curves of one run, as a page has read them from its feed.</summary>
public sealed class RunCurves
{
    /// <summary>Weight of the past in the smoothed loss: an average over about the last 10 points.</summary>
    private const double Smoothing = 0.9;

    private double _average;
    private double _weight;

    /// <summary>Training loss of each step, nats per token.</summary>
    public Curve Training { get; } = new();

    /// <summary>Exponential moving average of <see cref="Training"/>, corrected for its start as Adam's moments are.</summary>
    public Curve SmoothedTraining { get; } = new();

    /// <summary>Validation loss, nats per token.</summary>
    public Curve Validation { get; } = new();

    /// <summary>Global norm of the gradient before clipping.</summary>
    public Curve GradientNorm { get; } = new();

    /// <summary>Learning rate.</summary>
    public Curve LearningRate { get; } = new();

    /// <summary>Tokens a second.</summary>
    public Curve Throughput { get; } = new();

    /// <summary>Takes in what is new, after forgetting everything where the feed starts over.</summary>
    public void Apply(RunFeedUpdate update)
    {
        if (update.IsReset) Clear();
        foreach (var step in update.Steps)
        {
            Training.Append(step.Step, step.Loss);
            SmoothedTraining.Append(step.Step, Smooth(step.Loss));
            GradientNorm.Append(step.Step, step.GradientNorm);
            LearningRate.Append(step.Step, step.LearningRate);
            Throughput.Append(step.Step, step.TokensPerSecond);
        }

        foreach (var evaluation in update.Evaluations) Validation.Append(evaluation.Step, evaluation.Loss);
    }

    private double Smooth(double loss)
    {
        if (!double.IsFinite(loss)) return loss;
        _average = Smoothing * _average + (1 - Smoothing) * loss;
        _weight = Smoothing * _weight + (1 - Smoothing);
        return _average / _weight;
    }

    private void Clear()
    {
        foreach (var curve in (Curve[])[Training, SmoothedTraining, Validation, GradientNorm, LearningRate, Throughput]) curve.Clear();
        (_average, _weight) = (0, 0);
    }
}
