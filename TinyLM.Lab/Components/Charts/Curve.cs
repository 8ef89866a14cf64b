namespace TinyLM.Lab.Components.Charts;

/// <summary>Points in order along the axis that only grow at the end, 16 bytes each, until they are cleared.</summary>
public sealed class Curve
{
    private CurvePoint[] _points = []; // what stands in it below Count never changes: others may show it too

    /// <summary>Number of points.</summary>
    public int Count { get; private set; }

    /// <summary>Grows when the curve was cleared: what was drawn of it is no longer true.</summary>
    public int Version { get; private set; }

    /// <summary>All points; valid until the curve changes.</summary>
    public ReadOnlySpan<CurvePoint> Points => _points.AsSpan(0, Count);

    /// <summary>Adds the next point.</summary>
    public void Append(double x, double value)
    {
        if (Count == _points.Length) Array.Resize(ref _points, Math.Max(16, 2 * Count));
        _points[Count++] = new CurvePoint(x, (float)value);
    }

    /// <summary>Takes all points back.</summary>
    public void Clear()
    {
        (_points, Count) = ([], 0);
        Version++;
    }

    /// <summary>Shows the points that another curve has by now, without a copy of its own. Such a curve takes no points itself.</summary>
    /// <param name="other">Not changed meanwhile by another thread; later changes of it are seen when it is shown again.</param>
    public void Show(Curve other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (_points, Count, Version) = (other._points, other.Count, other.Version);
    }
}
