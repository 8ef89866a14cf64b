namespace TinyLM.Lab.Components.Charts;

/// <summary>A curve of a formula, or places on it.</summary>
/// <param name="Name">What it is, for the legend.</param>
/// <param name="Points">Its points, in order.</param>
/// <param name="Look">How it is drawn.</param>
/// <param name="Color">Index of its colour.</param>
public sealed record LawCurve(string Name, IReadOnlyList<(double X, double Y)> Points, LawCurveLook Look, int Color)
{
    /// <summary>Equal are those that look alike.</summary>
    public bool Equals(LawCurve? other) => other is not null && (Name, Look, Color) == (other.Name, other.Look, other.Color) && Points.SequenceEqual(other.Points);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Look, Color, Points.Count);
}
