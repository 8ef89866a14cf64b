using TinyLM.Lab.Runs.Logs;

namespace TinyLM.Lab.Components.Charts;

/// <summary>The curves of one tag of a TensorBoard log.</summary>
/// <param name="run">Whose.</param>
/// <param name="tag">Which.</param>
/// <param name="axis">Steps, or time since the run's first event.</param>
/// <param name="smoothing">Weight of the past in the smoothed curve.</param>
public sealed class LogCurves(TensorBoardRun run, string tag, HorizontalAxis axis, double smoothing)
{
    private MovingAverage _average = new(smoothing);
    private int _version = run.Version;

    /// <summary>Its values.</summary>
    public Curve Values { get; } = new();

    /// <summary>Their moving average.</summary>
    public Curve Smoothed { get; } = new();

    /// <summary>Takes in what the run has read since.</summary>
    public void Read()
    {
        if (_version != run.Version)
        {
            _version = run.Version;
            _average = new MovingAverage(smoothing);
            Values.Clear();
            Smoothed.Clear();
        }

        var points = run.Points(tag);
        for (var i = Values.Count; i < points.Count; i++)
        {
            var (step, wallTime, value) = points[i];
            var x = axis == HorizontalAxis.Time ? wallTime - run.Start ?? 0 : step;
            Values.Append(x, value);
            Smoothed.Append(x, _average.Add(value));
        }
    }
}
