namespace TinyLM.Lab.Components.Charts;

/// <summary>Units that losses are shown in.</summary>
public enum LossUnitKind
{
    /// <summary>Nats per token.</summary>
    Nats,

    /// <summary>Bits per byte of text.</summary>
    Bits,

    /// <summary>Perplexity per token.</summary>
    Perplexity,
}
