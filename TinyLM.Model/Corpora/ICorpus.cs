namespace TinyLM.Model.Corpora;

/// <summary>Documents of text in a fixed order: reading twice gives the same documents.</summary>
public interface ICorpus
{
    /// <summary>What is known of the corpus without reading it.</summary>
    CorpusInfo Info { get; }

    /// <summary>Streams the documents, a running text in pieces; never holds the whole corpus in memory.</summary>
    IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default);
}
