namespace TinyLM.Lab.Components.Charts;

/// <summary>Thins a curve to what a screen can show: the smallest and the largest point of each bucket of the axis, so that no spike is lost.</summary>
public static class CurveReducer
{
    /// <summary>Part of the budget that each side beyond a zoomed window gets, so that zooming out shows something at once.</summary>
    private const int OutsideShare = 8;

    /// <summary>All points where they fit, else min/max per bucket of equal width on the screen, with the first and the last point kept.</summary>
    /// <param name="points">In order along the axis.</param>
    /// <param name="budget">About how many points to keep: at most this many and the two ends.</param>
    /// <param name="isLogarithmic">Whether the axis is: then buckets have one ratio instead of one width.</param>
    public static List<CurvePoint> Reduce(ReadOnlySpan<CurvePoint> points, int budget, bool isLogarithmic = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(budget, 2);
        if (points.Length <= budget) return [.. points];

        var kept = new List<CurvePoint>(budget + 2) { points[0] };
        var inner = points[1..^1];
        var buckets = budget / 2;
        var start = Place(inner[0].X, isLogarithmic);
        var width = (Place(inner[^1].X, isLogarithmic) - start) / buckets;
        for (var first = 0; first < inner.Length;)
        {
            var bucket = BucketOf(inner[first].X);
            var end = first + 1;
            while (end < inner.Length && BucketOf(inner[end].X) == bucket) end++;
            KeepExtremes(inner[first..end], kept);
            first = end;
        }

        kept.Add(points[^1]);
        return kept;

        int BucketOf(double x) => width > 0 ? Math.Min(buckets - 1, (int)((Place(x, isLogarithmic) - start) / width)) : 0;
    }

    /// <summary>As the other, with the budget spent on a window that a person zoomed into.</summary>
    public static List<CurvePoint> Reduce(ReadOnlySpan<CurvePoint> points, int budget, double from, double to, bool isLogarithmic = false)
    {
        if (points.Length <= budget) return [.. points];

        var (first, end) = Within(points, from, to);
        var outside = Math.Max(2, budget / OutsideShare);
        return [.. Reduce(points[..first], outside, isLogarithmic), .. Reduce(points[first..end], budget, isLogarithmic), .. Reduce(points[end..], outside, isLogarithmic)];
    }

    /// <summary>Which points lie in a window: from the first index to before the second.</summary>
    public static (int First, int End) Within(ReadOnlySpan<CurvePoint> points, double from, double to)
    {
        var first = FirstAtOrAfter(points, from);
        return (first, Math.Max(first, FirstAtOrAfter(points, Math.BitIncrement(to))));
    }

    /// <summary>Where a point lies on the screen, up to a factor. A logarithmic axis has no place for 0; it lies at its left end.</summary>
    private static double Place(double x, bool isLogarithmic) => isLogarithmic ? Math.Log(Math.Max(x, 1e-9)) : x;

    /// <summary>Adds the smallest and the largest point in their order; a gap stays a gap only where a whole bucket is one.</summary>
    private static void KeepExtremes(ReadOnlySpan<CurvePoint> bucket, List<CurvePoint> kept)
    {
        int smallest = -1, largest = -1;
        for (var i = 0; i < bucket.Length; i++)
        {
            if (!float.IsFinite(bucket[i].Value)) continue;
            if (smallest < 0 || bucket[i].Value < bucket[smallest].Value) smallest = i;
            if (largest < 0 || bucket[i].Value > bucket[largest].Value) largest = i;
        }

        if (smallest < 0)
        {
            kept.Add(bucket[0]);
            return;
        }

        kept.Add(bucket[Math.Min(smallest, largest)]);
        if (smallest != largest) kept.Add(bucket[Math.Max(smallest, largest)]);
    }

    private static int FirstAtOrAfter(ReadOnlySpan<CurvePoint> points, double x)
    {
        int low = 0, high = points.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (points[middle].X < x) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
