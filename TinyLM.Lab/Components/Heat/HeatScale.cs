using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Components.Heat;

/// <summary>Which numbers the ends of a scale of colours stand for.</summary>
/// <param name="Low">The least.</param>
/// <param name="High">The greatest.</param>
/// <param name="IsDiverging">Whether zero has a colour of its own in the middle.</param>
public readonly record struct HeatScale(double Low, double High, bool IsDiverging)
{
    /// <summary>From 0 to 1.</summary>
    public static HeatScale Fraction { get; } = new(0, 1, false);

    /// <summary>Around zero, as far as a table goes to either side; what is not finite is passed over.</summary>
    public static HeatScale Around(ActivationTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var greatest = 0.0;
        foreach (var value in table.Values)
            if (float.IsFinite(value)) greatest = Math.Max(greatest, Math.Abs(value));
        return new HeatScale(-greatest, greatest, true);
    }

    /// <summary>From the least of a table to its greatest; what is not finite is passed over.</summary>
    public static HeatScale Of(ActivationTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var finite = table.Values.Where(float.IsFinite).DefaultIfEmpty(0);
        return new HeatScale(finite.Min(), finite.Max(), false);
    }
}
