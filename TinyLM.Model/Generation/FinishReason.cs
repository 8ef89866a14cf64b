namespace TinyLM.Model.Generation;

/// <summary>Why a text ended.</summary>
public enum FinishReason
{
    /// <summary>The model wrote its end-of-text token.</summary>
    EndOfText,

    /// <summary>As many tokens as asked for were written.</summary>
    Length,

    /// <summary>A stop string was written.</summary>
    StopString,

    /// <summary>The context is full, and the window was not to slide.</summary>
    ContextFull,
}
