namespace TinyLM.Model.Data;

/// <summary>A corpus cut into token shards by one tokenizer: the content of <c>dataset.json</c>.</summary>
public sealed record DatasetInfo
{
    /// <summary>Hash of what it was made from.</summary>
    public required string Id { get; init; }

    /// <summary>Id of the corpus.</summary>
    public required string Corpus { get; init; }

    /// <summary>Id of the tokenizer.</summary>
    public required string Tokenizer { get; init; }

    /// <summary>Fraction that was asked to be set apart.</summary>
    public required double ValidationFraction { get; init; }

    /// <summary>SHA-256 of <c>train.bin</c>, lower-case hex.</summary>
    public required string TrainSha256 { get; init; }

    /// <summary>SHA-256 of <c>val.bin</c>, lower-case hex.</summary>
    public required string ValidationSha256 { get; init; }

    /// <summary>SHA-256 of the tokenizer's file, lower-case hex.</summary>
    public required string TokenizerSha256 { get; init; }

    /// <summary>Tokens in <c>train.bin</c>.</summary>
    public required long TrainTokens { get; init; }

    /// <summary>Tokens in <c>val.bin</c>.</summary>
    public required long ValidationTokens { get; init; }

    /// <summary>UTF-8 bytes of validation text for each token of it, end-of-text tokens counted.</summary>
    public required double BytesPerToken { get; init; }

    /// <summary>
    /// Entropy of the source in nats per token: −ln of the probabilities of the validation documents, over their tokens with the
    /// end-of-text token of each. Null where the source does not know them.
    /// </summary>
    public double? EntropyFloor { get; init; }

    /// <summary>Whether <see cref="EntropyFloor"/> is only an upper bound.</summary>
    public bool EntropyFloorIsUpperBound { get; init; }
}
