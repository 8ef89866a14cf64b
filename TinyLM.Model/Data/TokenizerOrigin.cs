namespace TinyLM.Model.Data;

/// <summary>Where a tokenizer of the library comes from.</summary>
public enum TokenizerOrigin
{
    /// <summary>A run learned it from its corpus.</summary>
    Run,

    /// <summary>It belongs to the lab.</summary>
    BuiltIn,

    /// <summary>A person had it learned.</summary>
    Trained,

    /// <summary>A person added its file.</summary>
    Imported,
}
