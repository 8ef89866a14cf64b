namespace TinyLM.Model.Corpora;

/// <summary>Documents of text in a fixed order: reading twice gives the same documents.</summary>
public interface ICorpus
{
    /// <summary>What is known of the corpus without reading it.</summary>
    CorpusInfo Info { get; }

    /// <summary>Whether an entropy made of <see cref="Document.LogProbability"/> is only an upper bound, because some text may come about in two ways.</summary>
    bool EntropyIsUpperBound => false;

    /// <summary>Streams the documents, a running text in pieces; never holds the whole corpus in memory.</summary>
    IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default);
}
