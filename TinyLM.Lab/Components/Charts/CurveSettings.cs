namespace TinyLM.Lab.Components.Charts;

/// <summary>How curves are made of what steps tell.</summary>
/// <param name="Axis">What they are drawn over.</param>
/// <param name="Smoothing">Weight of the past in the smoothed loss, from 0 to below 1.</param>
/// <param name="FlopsPerToken">Floating-point operations a token, for the axis of operations.</param>
/// <param name="Metrics">Which figures are kept beside the loss; null for those that runs are compared by.</param>
public sealed record CurveSettings(HorizontalAxis Axis, double Smoothing, double FlopsPerToken, MetricSet? Metrics)
{
    /// <summary>Curves without a point.</summary>
    public RunCurves Create() => new(Axis, Smoothing, FlopsPerToken, Metrics is { } set ? MetricChart.Of(set).SelectMany(chart => chart.Metrics) : null);
}
