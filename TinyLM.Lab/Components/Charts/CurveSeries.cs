namespace TinyLM.Lab.Components.Charts;

/// <summary>How a series looks; colours come from the theme.</summary>
public enum CurveStyle
{
    /// <summary>A full line in the main colour.</summary>
    Main,

    /// <summary>A thin, pale line in the main colour, behind its smoothed form.</summary>
    Faint,

    /// <summary>A line with a marker at each point in the second colour: measured now and then.</summary>
    Marked,
}

/// <summary>One curve of a chart.</summary>
/// <param name="Name">As the legend calls it.</param>
/// <param name="Curve">Its points.</param>
/// <param name="Style">How it looks.</param>
public sealed record CurveSeries(string Name, Curve Curve, CurveStyle Style)
{
    /// <summary>Number of the colour in <see cref="RunPalette"/>; null: the style's own.</summary>
    public int? Color { get; init; }

    /// <summary>Whether it stands out among others.</summary>
    public bool IsPinned { get; init; }

    /// <summary>Makes of a point's value what is drawn: nats per token into bits per byte, for one.</summary>
    public Func<double, double> Convert { get; init; } = value => value;
}
