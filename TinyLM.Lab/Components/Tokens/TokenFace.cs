namespace TinyLM.Lab.Components.Tokens;

/// <summary>What of a token is shown.</summary>
public enum TokenFace
{
    /// <summary>Its text.</summary>
    Text,

    /// <summary>Its id.</summary>
    Id,

    /// <summary>Its bytes, in hexadecimal.</summary>
    Bytes,
}
