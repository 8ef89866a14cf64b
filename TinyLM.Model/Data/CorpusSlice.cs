using System.Text;
using TinyLM.Model.Corpora;

namespace TinyLM.Model.Data;

/// <summary>A part of a corpus.</summary>
public static class CorpusSlice
{
    /// <summary>The first texts, as many as reach a number of bytes; of a text that goes beyond, all of it.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="bytes">The number; null for all.</param>
    /// <param name="ct">Checked between documents.</param>
    public static IEnumerable<string> Beginning(ICorpus corpus, long? bytes, CancellationToken ct)
    {
        var left = bytes ?? long.MaxValue;
        foreach (var document in corpus.ReadDocuments(ct))
        {
            yield return document.Text;
            left -= Encoding.UTF8.GetByteCount(document.Text);
            if (left <= 0) yield break;
        }
    }
}
