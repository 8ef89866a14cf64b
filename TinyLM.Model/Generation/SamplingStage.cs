namespace TinyLM.Model.Generation;

/// <summary>A step on the way from logits to the distribution that a token is drawn from.</summary>
public enum SamplingStage
{
    /// <summary>Tokens that the constraint forbids are dropped.</summary>
    Constraint,

    /// <summary>Tokens that the text already has become less likely.</summary>
    Penalties,

    /// <summary>The logits are divided by the temperature.</summary>
    Temperature,

    /// <summary>Only the likeliest so many tokens stay.</summary>
    TopK,

    /// <summary>Only the likeliest tokens that together reach a probability stay.</summary>
    TopP,

    /// <summary>Only tokens not too far below the likeliest stay.</summary>
    MinP,

    /// <summary>Only tokens about as surprising as is to be expected stay.</summary>
    TypicalP,
}
