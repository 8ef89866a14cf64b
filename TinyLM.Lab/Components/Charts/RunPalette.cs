namespace TinyLM.Lab.Components.Charts;

/// <summary>Colours that tell runs apart, in the light and in the dark, for most kinds of colour blindness too.</summary>
/// <remarks>Okabe and Ito's eight, "Color Universal Design", 2008, each at a lightness that both themes carry, and four more.</remarks>
public static class RunPalette
{
    private static readonly string[] s_colors =
        ["#3d7be0", "#d9730d", "#0f9d77", "#c2569b", "#b08900", "#2ba3c7", "#d1495b", "#7d6bd6", "#6b8e23", "#8c6d5a", "#5b7083", "#e0569b"];

    /// <summary>Number of colours.</summary>
    public static int Count => s_colors.Length;

    /// <summary>The colour of a run by its place; the thirteenth has the first one's again.</summary>
    public static string Css(int index) => s_colors[Math.Abs(index % s_colors.Length)];
}
