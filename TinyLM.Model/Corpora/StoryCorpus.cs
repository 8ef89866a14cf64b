using TinyLM.Model.Corpora.StoryWorld;

namespace TinyLM.Model.Corpora;

/// <summary>A built-in corpus: stories of a seed from the first on, as many whole ones as it takes to reach a number of bytes.</summary>
/// <remarks>A larger corpus of the same seed begins with the smaller one.</remarks>
public sealed class StoryCorpus : ICorpus
{
    private readonly StorySet _collection;
    private readonly ulong _seed;
    private readonly long _byteCount;
    private readonly Lazy<CorpusInfo> _info;

    /// <param name="collection">What they tell of.</param>
    /// <param name="seed">Chooses the stories.</param>
    /// <param name="byteCount">Bytes to reach; the last story is whole, so the text is a little longer.</param>
    public StoryCorpus(StorySet collection, ulong seed, long byteCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(byteCount);
        (_collection, _seed, _byteCount) = (collection, seed, byteCount);
        _info = new Lazy<CorpusInfo>(Count);
    }

    /// <summary>
    /// Whether <see cref="Document.LogProbability"/> may be below the logarithm of the true probability. It is not: no text has
    /// two derivations, which the tests establish for the whole of both grammars; docs/story-world.md says how.
    /// </summary>
    public static bool EntropyIsUpperBound => false;

    /// <inheritdoc/>
    bool ICorpus.EntropyIsUpperBound => EntropyIsUpperBound;

    /// <summary>What the corpus is; the counts are exact, so the first reading writes the stories once (8 MB: a tenth of a second).</summary>
    public CorpusInfo Info => _info.Value;

    /// <inheritdoc/>
    public IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default)
    {
        var writer = new StoryWriter(_collection.Grammar);
        for (long index = 0, bytes = 0; bytes < _byteCount; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            writer.WriteStory(_seed, index);
            bytes += writer.Length;
            yield return new Document(writer.Text.ToString(), writer.LogProbability);
        }
    }

    private CorpusInfo Count()
    {
        var writer = new StoryWriter(_collection.Grammar);
        long index = 0, bytes = 0;
        for (; bytes < _byteCount; index++)
        {
            writer.WriteStory(_seed, index);
            bytes += writer.Length;
        }

        return new CorpusInfo
        {
            Id = _collection.Id,
            Name = _collection.Name,
            Kind = CorpusKind.Stories,
            DocumentCount = index,
            ByteCount = bytes,
            Description = _collection.Description,
        };
    }
}
