namespace TinyLM.Model.Tokenization;

/// <summary>What becomes of text that names a special token.</summary>
public enum SpecialTokenReading
{
    /// <summary>It is text like any other.</summary>
    AsText,

    /// <summary>It is the special token.</summary>
    AsToken,
}
