namespace TinyLM.Lab.Models;

/// <summary>Where a model comes from.</summary>
public enum ModelOrigin
{
    /// <summary>A checkpoint of a run.</summary>
    Run,

    /// <summary>A model that was imported.</summary>
    Imported,
}
