using System.Text.Json.Serialization;

namespace TinyLM.Model.Corpora;

/// <summary>Description of a corpus, as <c>corpus.json</c> holds it and as lists show it.</summary>
public sealed record CorpusInfo
{
    /// <summary>Made by the lab, safe as a file name.</summary>
    public required string Id { get; init; }

    /// <summary>What a person called it.</summary>
    public required string Name { get; init; }

    /// <summary>Where the text comes from.</summary>
    public required CorpusKind Kind { get; init; }

    /// <summary>Number of documents; a running text is one.</summary>
    public required long DocumentCount { get; init; }

    /// <summary>Pieces in which a running text is read; null where every document is read whole.</summary>
    public long? PieceCount { get; init; }

    /// <summary>Number of texts that <see cref="ICorpus.ReadDocuments"/> yields: documents, or pieces of the one.</summary>
    [JsonIgnore]
    public long ReadCount => PieceCount ?? DocumentCount;

    /// <summary>Size of the documents' texts in UTF-8 bytes, what separates them not counted.</summary>
    public required long ByteCount { get; init; }

    /// <summary>SHA-256 of the stored text, lower-case hex; empty for a generated corpus, whose id says it all.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>When it was added; null for what the lab brings with it.</summary>
    public DateTimeOffset? AddedAt { get; init; }

    /// <summary>One sentence for people.</summary>
    public string Description { get; init; } = "";
}
