namespace TinyLM.Lab.Components.Charts;

/// <summary>How a curve of a formula is drawn.</summary>
public enum LawCurveLook
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>A thin dashed line.</summary>
    Dashed,

    /// <summary>A thin dashed line with its name at its end, not in the legend.</summary>
    Contour,

    /// <summary>Small dots.</summary>
    Dots,

    /// <summary>A large mark.</summary>
    Mark,
}
