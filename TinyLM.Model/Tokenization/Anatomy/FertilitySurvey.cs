using System.Text;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>What several tokenizers make of a whole corpus, in all and by the script that its lines are written in.</summary>
/// <remarks>Documents are cut whole, so the totals are exact; a token counts for the line that it begins in.</remarks>
public sealed class FertilitySurvey
{
    private const int BatchLength = 1 << 18; // characters that are cut as one piece of parallel work

    private readonly TextMeasure[] _texts = new TextMeasure[Enum.GetValues<WritingSystem>().Length];
    private readonly long[][] _tokens; // by tokenizer and script

    private FertilitySurvey(int tokenizerCount) =>
        _tokens = [.. Enumerable.Range(0, tokenizerCount).Select(_ => new long[Enum.GetValues<WritingSystem>().Length])];

    /// <summary>The scripts that occur, the one with the most text first.</summary>
    public IReadOnlyList<WritingSystem> Systems => [.. Enum.GetValues<WritingSystem>().Where(system => _texts[(int)system].Bytes > 0).OrderByDescending(system => _texts[(int)system].Bytes)];

    /// <summary>What a tokenizer makes of the lines in one script.</summary>
    public Fertility this[int tokenizer, WritingSystem system] => new(_texts[(int)system], _tokens[tokenizer][(int)system]);

    /// <summary>What a tokenizer makes of everything.</summary>
    public Fertility Total(int tokenizer) => Systems.Select(system => this[tokenizer, system]).Aggregate(default(Fertility), (sum, one) => sum + one);

    /// <summary>Cuts documents with each tokenizer, on all processors.</summary>
    /// <param name="documents">The corpus; read once.</param>
    /// <param name="tokenizers">The tokenizers.</param>
    /// <param name="progress">Told the bytes of text that are done.</param>
    /// <param name="ct">Checked between documents.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static FertilitySurvey Of(IEnumerable<string> documents, IReadOnlyList<TextTokenizer> tokenizers, IProgress<long>? progress = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(tokenizers);
        var all = new FertilitySurvey(tokenizers.Count);
        var parts = OrderedParallel.Select(Batches(documents), batch =>
        {
            var part = new FertilitySurvey(tokenizers.Count);
            foreach (var document in batch)
            {
                ct.ThrowIfCancellationRequested();
                part.Add(document, tokenizers);
            }
            return part;
        }, ct);
        var done = 0L;
        foreach (var part in parts)
        {
            all.Add(part);
            done += part._texts.Sum(text => text.Bytes);
            progress?.Report(done);
        }
        return all;
    }

    private static IEnumerable<List<string>> Batches(IEnumerable<string> documents)
    {
        List<string> batch = [];
        var length = 0;
        foreach (var document in documents)
        {
            batch.Add(document);
            length += document.Length;
            if (length < BatchLength) continue;
            yield return batch;
            (batch, length) = ([], 0);
        }
        if (batch.Count > 0) yield return batch;
    }

    private void Add(FertilitySurvey part)
    {
        for (var system = 0; system < _texts.Length; system++)
        {
            _texts[system] += part._texts[system];
            for (var tokenizer = 0; tokenizer < _tokens.Length; tokenizer++) _tokens[tokenizer][system] += part._tokens[tokenizer][system];
        }
    }

    private void Add(string document, IReadOnlyList<TextTokenizer> tokenizers)
    {
        var systems = SystemsOf(document);
        for (var i = 0; i < tokenizers.Count; i++)
        {
            var ends = LineEnds(tokenizers[i].AsRead(document)); // no form of a text has other lines
            var line = 0;
            foreach (var token in tokenizers[i].EncodeSpans(document))
            {
                while (line + 1 < ends.Count && token.Start >= ends[line]) line++;
                _tokens[i][(int)systems[line]]++;
            }
        }
    }

    /// <summary>The script of each line of a document. A line without letters belongs to the one before.</summary>
    private List<WritingSystem> SystemsOf(string document)
    {
        var systems = new List<WritingSystem>();
        for (var rest = document.AsSpan(); !rest.IsEmpty;)
        {
            var line = FirstLine(rest);
            rest = rest[line.Length..];
            var system = WritingSystems.Of(line) is not WritingSystem.None and var own ? own : systems.LastOrDefault(WritingSystem.None);
            _texts[(int)system] += TextMeasure.Of(line);
            systems.Add(system);
        }
        return systems;
    }

    /// <summary>Where the lines of a text end, in bytes.</summary>
    private static List<long> LineEnds(string text)
    {
        var ends = new List<long>();
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var line = FirstLine(rest);
            rest = rest[line.Length..];
            ends.Add((ends.Count > 0 ? ends[^1] : 0) + Encoding.UTF8.GetByteCount(line));
        }
        return ends;
    }

    private static ReadOnlySpan<char> FirstLine(ReadOnlySpan<char> text) => text[..(text.IndexOf('\n') is >= 0 and var found ? found + 1 : text.Length)];
}
