using System.Text;
using TinyLM.Model.Corpora;
using TinyLM.Model.Numerics;
using TinyLM.Model.Tokenization;

namespace TinyLM.Model.Data;

/// <summary>Counts how often each token of a vocabulary occurs in a corpus, on all processors.</summary>
public static class VocabularyCounter
{
    /// <summary>Characters that are cut as one piece of parallel work.</summary>
    private const int BatchLength = 1 << 18;

    /// <summary>Counts.</summary>
    /// <param name="tokenizer">Cuts the text.</param>
    /// <param name="corpus">The text.</param>
    /// <param name="bytes">How much of it, from its start, of a document that goes beyond all; null for the whole.</param>
    /// <param name="progress">Told the fraction that is done.</param>
    /// <param name="ct">Checked between batches.</param>
    /// <exception cref="CorpusFormatException">The corpus is damaged.</exception>
    public static VocabularyStatistics Count(TextTokenizer tokenizer, ICorpus corpus, long? bytes, IProgress<double>? progress, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(corpus);
        var counts = new long[tokenizer.VocabularySize];
        var wanted = Math.Max(1, Math.Min(bytes ?? long.MaxValue, corpus.Info.ByteCount));
        var (tokens, read, words, documents) = (0L, 0L, 0L, 0L);
        foreach (var batch in OrderedParallel.Select(Batches(CorpusSlice.Beginning(corpus, bytes, ct)), batch => Cut(tokenizer, batch), ct))
        {
            foreach (var id in batch.Ids) counts[id]++;
            tokens += batch.Ids.Count;
            read += batch.Bytes;
            words += batch.Words;
            documents += batch.Documents;
            progress?.Report(Math.Min(1, (double)read / wanted));
        }
        return new VocabularyStatistics { Counts = counts, TokenCount = tokens, ByteCount = read, WordCount = words, DocumentCount = documents };
    }

    private static (List<int> Ids, long Bytes, long Words, int Documents) Cut(TextTokenizer tokenizer, List<string> texts)
    {
        var ids = new List<int>();
        var (bytes, words) = (0L, 0L);
        foreach (var text in texts)
        {
            tokenizer.Encode(text, ids);
            bytes += Encoding.UTF8.GetByteCount(text);
            words += WordsOf(text);
        }
        return (ids, bytes, words, texts.Count);
    }

    private static long WordsOf(string text)
    {
        var words = 0L;
        var inWord = false;
        foreach (var unit in text)
        {
            var isSpace = char.IsWhiteSpace(unit);
            if (!isSpace && !inWord) words++;
            inWord = !isSpace;
        }
        return words;
    }

    private static IEnumerable<List<string>> Batches(IEnumerable<string> texts)
    {
        List<string> batch = [];
        var length = 0;
        foreach (var text in texts)
        {
            batch.Add(text);
            length += text.Length;
            if (length < BatchLength) continue;
            yield return batch;
            (batch, length) = ([], 0);
        }
        if (batch.Count > 0) yield return batch;
    }
}
