namespace TinyLM.Model.Generation;

/// <summary>What happens where a text would become longer than a model's context.</summary>
public enum ContextPolicy
{
    /// <summary>The window slides: the last half of the context is read again from position 0, and what came before is forgotten.</summary>
    Slide,

    /// <summary>A prompt that does not fit is refused, and the text ends where the context is full.</summary>
    Refuse,
}
