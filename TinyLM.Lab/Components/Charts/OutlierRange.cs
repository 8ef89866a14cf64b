namespace TinyLM.Lab.Components.Charts;

/// <summary>Where most of the values lie: the height of an axis that leaves out the farthest points.</summary>
public static class OutlierRange
{
    /// <summary>Part of the values left out at each end.</summary>
    private const double Tail = 0.02;

    /// <summary>Space above and below, as a part of the height.</summary>
    private const double Margin = 0.06;

    /// <summary>From the 2nd to the 98th percentile of the finite values, with some space.</summary>
    /// <param name="values">In any order; sorted here.</param>
    /// <returns>Null where there are too few values to call any of them far, or all are equal.</returns>
    public static (double From, double To)? Of(List<double> values)
    {
        values.RemoveAll(value => !double.IsFinite(value));
        if (values.Count < 10) return null;
        values.Sort();
        var (low, high) = (At(values, Tail), At(values, 1 - Tail));
        var space = Margin * (high - low);
        return high > low ? (low - space, high + space) : null;
    }

    /// <summary>A quantile, between the neighbours as most programs draw it.</summary>
    private static double At(List<double> sorted, double fraction)
    {
        var place = fraction * (sorted.Count - 1);
        var below = (int)place;
        return below + 1 == sorted.Count ? sorted[below] : sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
    }
}
