namespace TinyLM.Lab.Runs.Alerts;

/// <summary>Mean and standard deviation of the recent past, each value weighing less the older it is.</summary>
/// <remarks>Exponentially weighted, updated value by value: Finch, "Incremental calculation of weighted mean and variance", 2009, section 9.</remarks>
/// <param name="weight">Weight of the newest value.</param>
internal sealed class RunningSpread(double weight)
{
    private double _variance;

    /// <summary>Values so far.</summary>
    public int Count { get; private set; }

    /// <summary>Their mean.</summary>
    public double Mean { get; private set; }

    /// <summary>Their standard deviation.</summary>
    public double Deviation => Math.Sqrt(_variance);

    /// <summary>Takes a value in.</summary>
    public void Add(double value)
    {
        if (Count++ == 0)
        {
            Mean = value;
            return;
        }

        var distance = value - Mean;
        Mean += weight * distance;
        _variance = (1 - weight) * (_variance + weight * distance * distance);
    }
}
