namespace TinyLM.Lab.Components.Charts;

/// <summary>What curves are drawn over.</summary>
public enum HorizontalAxis
{
    /// <summary>Optimizer steps.</summary>
    Steps,

    /// <summary>Tokens learned from.</summary>
    Tokens,

    /// <summary>Floating-point operations, 6N + 6LCT a token.</summary>
    Flops,

    /// <summary>Seconds of training, absences not counted.</summary>
    Time,

    /// <summary>Times that the training text was read.</summary>
    Epochs,

    /// <summary>Tokens in a vocabulary.</summary>
    Vocabulary,
}
