namespace TinyLM.Lab.Components.Charts;

/// <summary>Thins a curve to what a screen can show: the smallest and the largest point of each bucket of steps, so that no spike is lost.</summary>
public static class CurveReducer
{
    /// <summary>Part of the budget that each side beyond a zoomed window gets, so that zooming out shows something at once.</summary>
    private const int OutsideShare = 8;

    /// <summary>All points where they fit, else min/max per bucket of equal width, with the first and the last point kept.</summary>
    /// <param name="points">In order of steps.</param>
    /// <param name="budget">About how many points to keep: at most this many and the two ends.</param>
    public static List<CurvePoint> Reduce(ReadOnlySpan<CurvePoint> points, int budget)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(budget, 2);
        if (points.Length <= budget) return [.. points];

        var kept = new List<CurvePoint>(budget + 2) { points[0] };
        var inner = points[1..^1];
        var buckets = budget / 2;
        var firstStep = inner[0].Step;
        var range = inner[^1].Step - firstStep + 1L;
        for (var start = 0; start < inner.Length;)
        {
            var bucket = BucketOf(inner[start].Step);
            var end = start + 1;
            while (end < inner.Length && BucketOf(inner[end].Step) == bucket) end++;
            KeepExtremes(inner[start..end], kept);
            start = end;
        }

        kept.Add(points[^1]);
        return kept;

        long BucketOf(int step) => (step - (long)firstStep) * buckets / range;
    }

    /// <summary>As <see cref="Reduce(ReadOnlySpan{CurvePoint}, int)"/>, with the budget spent on a window of steps that a person zoomed into.</summary>
    public static List<CurvePoint> Reduce(ReadOnlySpan<CurvePoint> points, int budget, double fromStep, double toStep)
    {
        if (points.Length <= budget) return [.. points];

        var first = FirstAtOrAfter(points, fromStep);
        var end = Math.Max(first, FirstAtOrAfter(points, Math.BitIncrement(toStep)));
        var outside = Math.Max(2, budget / OutsideShare);
        return [.. Reduce(points[..first], outside), .. Reduce(points[first..end], budget), .. Reduce(points[end..], outside)];
    }

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

    private static int FirstAtOrAfter(ReadOnlySpan<CurvePoint> points, double step)
    {
        int low = 0, high = points.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (points[middle].Step < step) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
