using System.Text;
using TinyLM.Model.Corpora;

namespace TinyLM.Lab.Tests;

/// <summary>A corpus of documents in memory.</summary>
internal sealed class ListCorpus(IReadOnlyList<Document> documents) : ICorpus
{
    public CorpusInfo Info { get; } = new()
    {
        Id = "list",
        Name = "List",
        Kind = CorpusKind.Text,
        DocumentCount = documents.Count(document => !document.ContinuesPrevious),
        ByteCount = documents.Sum(document => (long)Encoding.UTF8.GetByteCount(document.Text)),
    };

    public IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default)
    {
        foreach (var document in documents)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return document;
        }
    }
}
