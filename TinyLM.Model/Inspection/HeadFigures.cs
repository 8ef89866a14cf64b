namespace TinyLM.Model.Inspection;

/// <summary>What one head does on average over some text.</summary>
/// <remarks>Previous-token and induction heads: Olsson et al. 2022, "In-context Learning and Induction Heads", https://arxiv.org/abs/2209.11895.</remarks>
public sealed record HeadFigures
{
    /// <summary>The block.</summary>
    public required int Layer { get; init; }

    /// <summary>The head within it.</summary>
    public required int Head { get; init; }

    /// <summary>Attention to the token just before, the first token of a text left out.</summary>
    public required double PreviousToken { get; init; }

    /// <summary>Attention to the first token, from all but the first.</summary>
    public required double FirstToken { get; init; }

    /// <summary>Attention to earlier occurrences of the same token, from tokens that have one; NaN where none has.</summary>
    public required double SameToken { get; init; }

    /// <summary>Attention to the tokens that followed earlier occurrences of the same token, from tokens that have one; NaN where none has.</summary>
    public required double Induction { get; init; }

    /// <summary>The same on random tokens that are read twice, where nothing but the repetition helps.</summary>
    public required double InductionOnRepeats { get; init; }

    /// <summary>Entropy of the attention, in nats: 0 where one token takes all.</summary>
    public required double Entropy { get; init; }

    /// <summary>Mean distance to what is attended to, in tokens.</summary>
    public required double Distance { get; init; }
}
