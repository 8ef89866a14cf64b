namespace TinyLM.Model.Architectures;

/// <summary>Parameters of a model by what they do.</summary>
public readonly record struct ParameterParts
{
    /// <summary>The table of tokens.</summary>
    public required long Embedding { get; init; }

    /// <summary>The table of positions; 0 where positions are turned.</summary>
    public required long Positions { get; init; }

    /// <summary>Queries, keys, values and their projection, of all blocks.</summary>
    public required long Attention { get; init; }

    /// <summary>The feed-forward layers of all blocks.</summary>
    public required long FeedForward { get; init; }

    /// <summary>Gains and biases of all norms.</summary>
    public required long Norms { get; init; }

    /// <summary>A head of its own; 0 where it is the embedding.</summary>
    public required long Head { get; init; }

    /// <summary>All of them.</summary>
    public long Total => Embedding + Positions + Attention + FeedForward + Norms + Head;

    /// <summary>Without the tables that are only looked up, as Kaplan et al. 2020 count; a head that is the embedding goes with it.</summary>
    public long WithoutEmbeddings => Total - Embedding - Positions - Head;
}
