using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Inspection;

/// <summary>The first sequences that a run learned from, as text.</summary>
/// <param name="SequenceLength">Tokens in each.</param>
/// <param name="Rows">The sequences, each cut where documents begin.</param>
public sealed record FirstBatch(int SequenceLength, IReadOnlyList<IReadOnlyList<BatchPart>> Rows)
{
    /// <summary>Decodes sequences.</summary>
    /// <param name="tokens">One after the other.</param>
    /// <param name="length">Tokens in each.</param>
    /// <param name="tokenizer">Turns tokens into text.</param>
    public static FirstBatch Decode(int[] tokens, int length, TextTokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new FirstBatch(length, [.. tokens.Chunk(length).Select(row => Cut(row, tokenizer).ToList())]);
    }

    private static IEnumerable<BatchPart> Cut(int[] row, TextTokenizer tokenizer)
    {
        for (var start = 0; start < row.Length;)
        {
            var begins = row[start] == tokenizer.EndOfTextId;
            var end = Array.IndexOf(row, tokenizer.EndOfTextId, start + 1);
            if (end < 0) end = row.Length;
            yield return new BatchPart(tokenizer.Decode(row[(begins ? start + 1 : start)..end]), end - start, begins);
            start = end;
        }
    }
}
