namespace TinyLM.Lab.Components.Charts;

/// <summary>Exponential moving average, corrected for its start as Adam's moments are (Kingma and Ba 2014, section 3).</summary>
/// <param name="smoothing">Weight of the past, from 0 to below 1.</param>
public sealed class MovingAverage(double smoothing)
{
    private double _sum;
    private double _weight;

    /// <summary>Takes a value in; one that is no finite number leaves the average as it is.</summary>
    /// <returns>The average; the value itself where it is no finite number.</returns>
    public double Add(double value)
    {
        if (!double.IsFinite(value)) return value;
        _sum = smoothing * _sum + (1 - smoothing) * value;
        _weight = smoothing * _weight + (1 - smoothing);
        return _sum / _weight;
    }
}
