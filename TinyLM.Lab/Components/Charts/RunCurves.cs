using TinyLM.Lab.Runs;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Charts;

/// <summary>The curves of one run over one axis, as a page has read them from its feed.</summary>
/// <param name="axis">What they are drawn over.</param>
/// <param name="smoothing">Weight of the past in the smoothed loss, from 0 to below 1.</param>
/// <param name="flopsPerToken">Floating-point operations a token, for the axis of operations.</param>
public sealed class RunCurves(HorizontalAxis axis = HorizontalAxis.Steps, double smoothing = ChartSettings.UsualSmoothing, double flopsPerToken = 0)
{
    private double _average;
    private double _weight;
    private StepEvent? _last;

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
        var evaluations = update.Evaluations;
        var next = 0;
        foreach (var step in update.Steps)
        {
            for (; next < evaluations.Count && evaluations[next].Step < step.Step; next++) Add(evaluations[next], update.Dataset);
            Add(step, update.Dataset);
        }

        for (; next < evaluations.Count; next++) Add(evaluations[next], update.Dataset);
    }

    private void Add(StepEvent step, DatasetEvent? dataset)
    {
        _last = step;
        var x = Place(step.Step, step.Tokens, step.WallTime, dataset);
        Training.Append(x, step.Loss);
        SmoothedTraining.Append(x, Smooth(step.Loss));
        GradientNorm.Append(x, step.GradientNorm);
        LearningRate.Append(x, step.LearningRate);
        Throughput.Append(x, step.TokensPerSecond);
    }

    /// <summary>An evaluation does not say how many tokens were learned from; the step before it does.</summary>
    private void Add(EvaluationEvent evaluation, DatasetEvent? dataset)
    {
        var tokens = _last is { Step: > 0 } last ? (double)last.Tokens / last.Step * evaluation.Step : 0;
        Validation.Append(Place(evaluation.Step, tokens, evaluation.WallTime, dataset), evaluation.Loss);
    }

    private double Place(int step, double tokens, double wallTime, DatasetEvent? dataset) => axis switch
    {
        HorizontalAxis.Tokens => tokens,
        HorizontalAxis.Flops => tokens * flopsPerToken,
        HorizontalAxis.Time => wallTime,
        HorizontalAxis.Epochs => dataset is { TrainTokens: > 0 } ? tokens / dataset.TrainTokens : 0,
        _ => step,
    };

    private double Smooth(double loss)
    {
        if (!double.IsFinite(loss)) return loss;
        _average = smoothing * _average + (1 - smoothing) * loss;
        _weight = smoothing * _weight + (1 - smoothing);
        return _average / _weight;
    }

    private void Clear()
    {
        foreach (var curve in (Curve[])[Training, SmoothedTraining, Validation, GradientNorm, LearningRate, Throughput]) curve.Clear();
        (_average, _weight, _last) = (0, 0, null);
    }
}
