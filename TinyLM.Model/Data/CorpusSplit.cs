using System.Text;
using TinyLM.Model.Corpora;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Data;

/// <summary>Sets a part of a corpus apart to measure on.</summary>
/// <remarks>
/// A corpus of many documents is split by documents, each by a hash of its place: the choice is the same on every machine, is
/// spread over the whole corpus, and does not change when documents are added behind. A running text, or a corpus of few
/// documents, is split by its end: the last part of its bytes, from the next line on.
/// </remarks>
public static class CorpusSplit
{
    /// <summary>From so many documents on, each is wholly learned from or wholly measured on.</summary>
    public const int ManyDocuments = 100;

    /// <summary>A stretch of text on one side of the split.</summary>
    /// <param name="Text">The text.</param>
    /// <param name="IsValidation">Its side.</param>
    /// <param name="BeginsDocument">Whether an end-of-text token stands before it.</param>
    /// <param name="LogProbability">Of a whole document whose source knows it.</param>
    public readonly record struct Piece(string Text, bool IsValidation, bool BeginsDocument, double? LogProbability);

    /// <summary>The corpus in pieces, in order.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="validationFraction">What to set apart, of its documents or of its bytes.</param>
    /// <param name="ct">Checked between documents.</param>
    public static IEnumerable<Piece> Split(ICorpus corpus, double validationFraction, CancellationToken ct) =>
        corpus.Info.DocumentCount >= ManyDocuments ? ByDocuments(corpus, validationFraction, ct) : ByEnd(corpus, validationFraction, ct);

    private static IEnumerable<Piece> ByDocuments(ICorpus corpus, double validationFraction, CancellationToken ct)
    {
        ulong index = 0;
        var isValidation = false;
        foreach (var document in corpus.ReadDocuments(ct))
        {
            if (!document.ContinuesPrevious)
            {
                var state = index++;
                isValidation = (Xoshiro256.SplitMix64(ref state) >> 11) * (1.0 / (1UL << 53)) < validationFraction;
            }
            yield return new Piece(document.Text, isValidation, !document.ContinuesPrevious, document.LogProbability);
        }
    }

    private static IEnumerable<Piece> ByEnd(ICorpus corpus, double validationFraction, CancellationToken ct)
    {
        var trainBytes = (long)(corpus.Info.ByteCount * (1 - validationFraction));
        long bytes = 0;
        var isValidation = false;
        foreach (var document in corpus.ReadDocuments(ct))
        {
            var begins = !document.ContinuesPrevious;
            var size = Encoding.UTF8.GetByteCount(document.Text);
            if (!isValidation && bytes + size > trainBytes)
            {
                isValidation = true;
                var cut = CutAfter(document.Text, (int)(trainBytes - bytes));
                if (cut > 0) yield return new Piece(document.Text[..cut], IsValidation: false, begins, LogProbability: null);
                if (cut < document.Text.Length) yield return new Piece(document.Text[cut..], IsValidation: true, BeginsDocument: true, cut == 0 ? document.LogProbability : null);
            }
            else
            {
                yield return new Piece(document.Text, isValidation, begins, document.LogProbability);
            }
            bytes += size;
        }
    }

    /// <summary>The place of the first line after so many bytes, or of the first character where no line begins soon.</summary>
    private static int CutAfter(string text, int bytes)
    {
        var cut = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (bytes <= 0) break;
            bytes -= rune.Utf8SequenceLength;
            cut += rune.Utf16SequenceLength;
        }
        if (cut == 0) return 0; // documents and pieces begin with a line
        var near = text.AsSpan(0, cut + (text.Length - cut) / 2); // a line that ends farther on would leave little behind it
        return near[(cut - 1)..].IndexOf('\n') is >= 0 and var lineEnd ? cut + lineEnd : cut;
    }
}
