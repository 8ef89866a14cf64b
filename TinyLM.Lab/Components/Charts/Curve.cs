using System.Runtime.InteropServices;

namespace TinyLM.Lab.Components.Charts;

/// <summary>Points in order along the axis that only grow at the end, 16 bytes each, until they are cleared.</summary>
public sealed class Curve
{
    private readonly List<CurvePoint> _points = [];

    /// <summary>Number of points.</summary>
    public int Count => _points.Count;

    /// <summary>Grows when the curve was cleared: what was drawn of it is no longer true.</summary>
    public int Version { get; private set; }

    /// <summary>All points; valid until the curve changes.</summary>
    public ReadOnlySpan<CurvePoint> Points => CollectionsMarshal.AsSpan(_points);

    /// <summary>Adds the next point.</summary>
    public void Append(double x, double value) => _points.Add(new CurvePoint(x, (float)value));

    /// <summary>Takes all points back.</summary>
    public void Clear()
    {
        _points.Clear();
        Version++;
    }
}
