namespace TinyLM.Model.Data;

/// <summary>How often each token of a vocabulary occurs in a corpus.</summary>
public sealed record VocabularyStatistics
{
    /// <summary>Occurrences, by id.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>Tokens of the text, those before documents not counted.</summary>
    public required long TokenCount { get; init; }

    /// <summary>Bytes of the text.</summary>
    public required long ByteCount { get; init; }

    /// <summary>Words of the text: stretches without white space.</summary>
    public required long WordCount { get; init; }

    /// <summary>Documents that were read, pieces of a running text counted as one each.</summary>
    public required long DocumentCount { get; init; }

    /// <summary>Bytes that a token stands for on average.</summary>
    public double BytesPerToken => TokenCount == 0 ? 0 : (double)ByteCount / TokenCount;

    /// <summary>Tokens of a word on average, white space counted with the words.</summary>
    public double TokensPerWord => WordCount == 0 ? 0 : (double)TokenCount / WordCount;
}
