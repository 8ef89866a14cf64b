using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>GPT-2's pair of files: <c>vocab.json</c> (encoder.json), tokens and ids, and <c>merges.txt</c> (vocab.bpe), a merge a line.</summary>
internal static class VocabularyAndMerges
{
    private const string Header = "#version: 0.2";
    private static readonly JsonSerializerOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a tokenizer. A token that is no byte and that no merge makes is a special one.</summary>
    /// <param name="vocabulary">vocab.json.</param>
    /// <param name="merges">merges.txt.</param>
    /// <param name="split">How text is split, which the files do not say.</param>
    public static TextTokenizer Read(NamedContent vocabulary, NamedContent merges, TextSplit split)
    {
        var read = new VocabularyReader();
        vocabulary.ReadJson(root =>
        {
            read.AddAll(new JsonPart(vocabulary, "$", root));
            return root.ValueKind;
        });
        var reader = new MergeReader(read.Ids, []);
        foreach (var (number, line) in Utf8Lines.Read(merges))
        {
            if (line.Length == 0 || number == 1 && line.StartsWith("#version", StringComparison.Ordinal)) continue;
            reader.Add(line.Split(' '), problem => merges.Error($"line {number}", problem));
        }

        var made = reader.Merges.Select(merge => merge.Token).ToHashSet();
        var special = read.Ids.Where(token => !made.Contains(token.Value) && (token.Key.Length != 1 || ByteLevel.ToBytes(token.Key) is null)).Select(token => new SpecialToken(token.Key, token.Value)).ToList();
        var taken = special.Select(token => token.Id).ToHashSet();
        foreach (var merge in reader.Merges)
            foreach (var id in (int[])[merge.Left, merge.Right])
                if (taken.Contains(id)) throw merges.Error($"line {merge.Rank + 2}", $"the merge needs \"{read.TextOf(id)}\", which is no byte and which no merge makes");
        ByteLevelVocabulary.CheckAlphabet(read.Ids.Keys, problem => vocabulary.Error("in the vocabulary", problem));
        if (special.Any(token => token.Text.Length == 0)) throw vocabulary.Error("in the vocabulary", "a token has no text");
        var endOfText = EndOfTextNames.Choose(special, read.Size, adds: true)!.Value;
        return new BytePairTokenizer(new BytePairDefinition
        {
            Splits = [split],
            Tokens = [.. Enumerable.Range(0, Math.Max(read.Size, endOfText + 1)).Select(id => taken.Contains(id) ? null : BytesOf(read.TextOf(id)))],
            Merges = reader.Merges,
            SpecialTokens = special,
            EndOfTextId = endOfText,
        });

        byte[]? BytesOf(string? text) => text is null ? null : ByteLevel.ToBytes(text) ?? throw vocabulary.Error("in the vocabulary", $"the token \"{text}\" is not written in bytes");
    }

    /// <summary>Writes a tokenizer.</summary>
    /// <exception cref="NotSupportedException">Programs that read the files would give other ids.</exception>
    public static IReadOnlyList<ExportedFile> Write(TextTokenizer tokenizer)
    {
        if (tokenizer is not BytePairTokenizer bytePair) throw new NotSupportedException("vocab.json and merges.txt describe byte-level BPE only.");
        if (bytePair.Definition.ComposesCharacters) throw new NotSupportedException("This tokenizer brings text into Unicode's form NFC first, which merges.txt cannot say; the ids would differ.");
        if (bytePair.Splits is not [{ Pattern: SplitPattern.Gpt2 }]) throw new NotSupportedException("Programs that read vocab.json and merges.txt split text by GPT-2's pattern; this tokenizer has another, so its ids would differ.");
        if (bytePair.Definition is { Merges: null } or { TakesWholeChunks: true } && bytePair.Merges.Count + 256 + bytePair.SpecialTokens.Count != Enumerable.Range(0, bytePair.VocabularySize).Count(bytePair.HasToken))
            throw new NotSupportedException("Some tokens of this vocabulary are taken as whole chunks and come about by no merge; merges.txt cannot say so.");

        var names = Enumerable.Range(0, bytePair.VocabularySize).Where(bytePair.HasToken).ToDictionary(id => TokenizerFileWriter.NameOf(bytePair, id), id => id, StringComparer.Ordinal);
        var merges = new StringBuilder(Header).Append('\n');
        foreach (var merge in bytePair.Merges) merges.Append(TokenizerFileWriter.NameOf(bytePair, merge.Left)).Append(' ').Append(TokenizerFileWriter.NameOf(bytePair, merge.Right)).Append('\n');
        return [new("vocab.json", JsonSerializer.SerializeToUtf8Bytes(names, s_options)), new("merges.txt", Encoding.UTF8.GetBytes(merges.ToString()))];
    }
}
