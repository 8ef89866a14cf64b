namespace TinyLM.Lab.Components.Charts;

/// <summary>How the picture of a chart is saved.</summary>
public enum PictureFormat
{
    /// <summary>Points.</summary>
    Png,

    /// <summary>Lines.</summary>
    Svg,
}
