using TinyLM.Lab.Runs;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Charts;

/// <summary>The curves of one run over one axis, as a page has read them from its feed.</summary>
/// <param name="axis">What they are drawn over.</param>
/// <param name="smoothing">Weight of the past in the smoothed loss, from 0 to below 1.</param>
/// <param name="flopsPerToken">Floating-point operations a token, for the axis of operations.</param>
/// <param name="metrics">What is kept of steps beside the loss; null for speed, gradient norm and learning rate.</param>
public sealed class RunCurves(HorizontalAxis axis = HorizontalAxis.Steps, double smoothing = ChartSettings.UsualSmoothing, double flopsPerToken = 0, IEnumerable<StepMetric>? metrics = null)
{
    private readonly Dictionary<StepMetric, Curve> _metrics =
        (metrics ?? [StepMetric.Throughput, StepMetric.GradientNorm, StepMetric.LearningRate]).ToDictionary(metric => metric, _ => new Curve());

    private MovingAverage _average = new(smoothing);
    private StepEvent? _last;

    /// <summary>Training loss of each step, nats per token.</summary>
    public Curve Training { get; } = new();

    /// <summary>Moving average of <see cref="Training"/>.</summary>
    public Curve SmoothedTraining { get; } = new();

    /// <summary>Validation loss, nats per token.</summary>
    public Curve Validation { get; } = new();

    /// <summary>Global norm of the gradient before clipping.</summary>
    public Curve GradientNorm => Of(StepMetric.GradientNorm);

    /// <summary>Learning rate.</summary>
    public Curve LearningRate => Of(StepMetric.LearningRate);

    /// <summary>Tokens a second.</summary>
    public Curve Throughput => Of(StepMetric.Throughput);

    /// <summary>How many of the curves have begun.</summary>
    public int BegunCount => _metrics.Values.Count(curve => curve.Count > 0) + (Training.Count > 0 ? 1 : 0);

    /// <summary>The curve of a figure that is kept.</summary>
    public Curve Of(StepMetric metric) => _metrics[metric];

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

    /// <summary>Shows what other curves of the same settings have by now, without a copy.</summary>
    public void Show(RunCurves other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (curve, shown) in All.Zip(other.All)) curve.Show(shown);
    }

    private IEnumerable<Curve> All => [Training, SmoothedTraining, Validation, .. _metrics.Values];

    private void Add(StepEvent step, DatasetEvent? dataset)
    {
        _last = step;
        var x = Place(step.Step, step.Tokens, step.WallTime, dataset);
        Training.Append(x, step.Loss);
        SmoothedTraining.Append(x, _average.Add(step.Loss));
        foreach (var (metric, curve) in _metrics)
            if (metric.Read(step) is { } figure) curve.Append(x, figure);
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

    private void Clear()
    {
        foreach (var curve in All) curve.Clear();
        (_average, _last) = (new MovingAverage(smoothing), null);
    }
}
