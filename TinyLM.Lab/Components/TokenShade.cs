using System.Globalization;

namespace TinyLM.Lab.Components;

/// <summary>How tokens are shaded by how surprising they were.</summary>
public static class TokenShade
{
    /// <summary>Surprise, in nats, from which a token is shaded fully: one in about 400.</summary>
    public const double Full = 6;

    /// <summary>The style of a token.</summary>
    /// <param name="loss">Its surprise, in nats.</param>
    public static string Of(double loss)
    {
        var strength = Math.Clamp(loss / Full, 0, 1) * 60;
        return $"background:color-mix(in srgb,var(--mud-palette-secondary) {strength.ToString("0", CultureInfo.InvariantCulture)}%,transparent)";
    }
}
