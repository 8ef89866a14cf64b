namespace TinyLM.Lab.Library;

/// <summary>The entropy of a source whose probabilities are known: no model gets below it on average.</summary>
public sealed record SourceEntropy
{
    /// <summary>Bits per byte of text.</summary>
    public required double BitsPerByte { get; init; }

    /// <summary>Standard error of <see cref="BitsPerByte"/>, over the draw of the documents.</summary>
    public required double StandardError { get; init; }

    /// <summary>Mean bits of a document.</summary>
    public required double BitsPerDocument { get; init; }

    /// <summary>Documents that it was measured over.</summary>
    public required long DocumentCount { get; init; }

    /// <summary>Whether it is only an upper bound, since some text comes from two derivations.</summary>
    public required bool IsUpperBound { get; init; }
}
