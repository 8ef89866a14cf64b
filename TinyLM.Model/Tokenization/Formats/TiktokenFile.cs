using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>tiktoken's rank files: on each line the bytes of a token in base64, a space, its rank, which is its id.</summary>
internal static class TiktokenFile
{
    private const int MostIds = 1 << 22;

    /// <summary>OpenAI's own files, by SHA-256: the built-in tokenizer that says pattern and special tokens.</summary>
    private static readonly Dictionary<string, string> s_known = new(StringComparer.Ordinal)
    {
        ["306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"] = BuiltInTokenizers.Gpt2,
        ["223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"] = BuiltInTokenizers.Gpt4,
        ["446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"] = BuiltInTokenizers.Gpt4o,
    };

    private static readonly SearchValues<byte> s_base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    /// <summary>Whether a file can be one.</summary>
    public static bool IsLikely(NamedContent file)
    {
        var line = file.Bytes.AsSpan();
        line = line[..(line.IndexOf((byte)'\n') is >= 0 and var end ? end : line.Length)].TrimEnd((byte)'\r');
        return line.IndexOf((byte)' ') is > 0 and var space && line[..space].IndexOfAnyExcept(s_base64) < 0
            && line[(space + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 && space % 4 == 0;
    }

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">Split pattern and special tokens, which the file does not say.</param>
    public static TextTokenizer Read(NamedContent file, TokenizerImportOptions options)
    {
        if (s_known.TryGetValue(Convert.ToHexStringLower(SHA256.HashData(file.Bytes)), out var known)) return BuiltInTokenizers.Get(known);
        if (options.Split is not { } split)
            throw new TokenizerFormatException($"{file.Name}: a rank file does not say how text is split, and this is none of OpenAI's r50k_base, cl100k_base and o200k_base, whose patterns are known. Choose the split pattern that it was made with.");

        var tokens = ReadTokens(file);
        var special = options.SpecialTokens.Select((text, i) => new SpecialToken(text, tokens.Count + i)).ToList();
        if (special.GroupBy(token => token.Text).FirstOrDefault(group => group.Count() > 1) is { } twice) throw new TokenizerFormatException($"{file.Name}: the special token '{twice.Key}' is given twice.");
        if (special.Any(token => token.Text.Length == 0)) throw new TokenizerFormatException($"{file.Name}: a special token without a text is given.");
        var endOfText = EndOfTextNames.Choose(special, tokens.Count + special.Count, adds: true)!.Value;
        return new BytePairTokenizer(new BytePairDefinition
        {
            Splits = [split],
            Tokens = [.. tokens, .. new byte[]?[special.Count]],
            TakesWholeChunks = true,
            SpecialTokens = special,
            EndOfTextId = endOfText,
        });
    }

    /// <summary>Writes a tokenizer; special tokens are no part of the format.</summary>
    /// <exception cref="NotSupportedException">tiktoken would give other ids.</exception>
    public static byte[] Write(TextTokenizer tokenizer)
    {
        if (tokenizer is not BytePairTokenizer bytePair) throw new NotSupportedException("tiktoken knows byte-level BPE only.");
        if (bytePair.Definition.ComposesCharacters) throw new NotSupportedException("This tokenizer brings text into Unicode's form NFC first, which a rank file cannot say; the ids would differ.");
        var made = -1;
        foreach (var merge in bytePair.Definition.Merges ?? [])
        {
            if (merge.Token <= made) throw new NotSupportedException("tiktoken merges in the order of the ids, and the merges of this tokenizer have another order; its ids would differ.");
            made = merge.Token;
        }

        var text = new StringBuilder();
        for (var id = 0; id < bytePair.VocabularySize; id++)
            if (bytePair.FindSpecial(id) is null && bytePair.HasToken(id)) text.Append(CultureInfo.InvariantCulture, $"{Convert.ToBase64String(bytePair.TokenBytes(id).Span)} {id}\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static List<byte[]?> ReadTokens(NamedContent file)
    {
        var byId = new Dictionary<int, byte[]>();
        var seen = new Dictionary<byte[], int>(ByteSequenceComparer.Instance);
        foreach (var (number, line) in Utf8Lines.Read(file))
        {
            if (line.Length == 0) continue;
            if (line.Split(' ') is not [var base64, var rank]) throw file.Error($"line {number}", "expected a token in base64, a space, and its rank");
            var bytes = new byte[base64.Length];
            if (!Convert.TryFromBase64String(base64, bytes, out var length) || length == 0) throw file.Error($"line {number}", $"\"{base64}\" is no base64");
            if (!int.TryParse(rank, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id >= MostIds) throw file.Error($"line {number}", $"the rank \"{rank}\" is no whole number from 0 to {MostIds - 1}");
            if (!byId.TryAdd(id, bytes[..length])) throw file.Error($"line {number}", $"the rank {id} stands there twice");
            if (!seen.TryAdd(byId[id], id)) throw file.Error($"line {number}", $"the token {base64} stands there twice, with ranks {seen[byId[id]]} and {id}");
        }
        ByteLevelVocabulary.CheckAlphabet(seen.Keys.Where(token => token.Length == 1).Select(token => ByteLevel.ToText(token)), problem => file.Error("in its lines", problem));
        return [.. Enumerable.Range(0, byId.Keys.Max() + 1).Select(byId.GetValueOrDefault)];
    }
}
