using System.Globalization;

namespace TinyLM.Model.Scaling;

/// <summary>Numbers as people write sizes: 124M, 1.4T, 10,000, 5.76e23.</summary>
public static class ScaledNumber
{
    private static readonly Dictionary<char, double> s_units = new() { ['k'] = 1e3, ['K'] = 1e3, ['M'] = 1e6, ['m'] = 1e6, ['B'] = 1e9, ['b'] = 1e9, ['G'] = 1e9, ['T'] = 1e12, ['t'] = 1e12 };

    /// <summary>Reads a number; any number, also one that makes no sense where it stands.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string text, out double value)
    {
        ArgumentNullException.ThrowIfNull(text);
        var digits = text.Trim();
        var unit = 1.0;
        if (digits is [.., var last] && s_units.TryGetValue(last, out var known)) (unit, digits) = (known, digits[..^1].TrimEnd());
        var isNumber = double.TryParse(digits, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out value);
        value *= unit;
        return isNumber && !double.IsNaN(value);
    }
}
