using System.Buffers.Binary;
using System.Text;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>llama2.c's <c>tokenizer.bin</c>: length of the longest token, then score, length and bytes of each, little-endian.</summary>
/// <remarks>https://github.com/karpathy/llama2.c, tokenizer.py. Its tokens 0, 1, 2 are unknown, beginning and end; 3 to 258 are the bytes.</remarks>
internal static class Llama2cFile
{
    private const int FirstByte = 3;
    private const int FirstPiece = FirstByte + 256;
    private static readonly string[] s_special = ["<unk>", "<s>", "</s>"];
    private static readonly string[] s_specialInFile = ["<unk>", "\n<s>\n", "\n</s>\n"];

    /// <summary>Whether a file can be one.</summary>
    public static bool IsLikely(NamedContent file) =>
        file.Bytes.Length >= 12 && BinaryPrimitives.ReadInt32LittleEndian(file.Bytes) is > 0 and < 1 << 16 and var longest && BinaryPrimitives.ReadInt32LittleEndian(file.Bytes.AsSpan(8)) is > 0 and var first && first <= longest;

    /// <summary>Reads a tokenizer.</summary>
    public static SentencePieceTokenizer Read(NamedContent file)
    {
        var tokens = ReadTokens(file);
        if (tokens.Count < FirstPiece) throw file.Error("at its end", $"there are {tokens.Count} tokens; a tokenizer.bin has at least {FirstPiece}: three special ones and 256 bytes");
        for (var id = 0; id < s_special.Length; id++)
            if (tokens[id].Text.Trim('\n') != s_special[id]) throw file.Error($"at byte {tokens[id].Position}", $"token {id} is \"{tokens[id].Text}\"; llama2.c has {s_special[id]} there");
        for (var value = 0; value < 256; value++)
            if (tokens[FirstByte + value].Text != ByteNames.Of((byte)value)) throw file.Error($"at byte {tokens[FirstByte + value].Position}", $"token {FirstByte + value} is \"{tokens[FirstByte + value].Text}\"; llama2.c has the byte {ByteNames.Of((byte)value)} there");

        string?[] pieces = [.. tokens.Select((token, id) => id < FirstPiece ? null : token.Text)];
        float[] scores = [.. tokens.Select(token => token.Score)];
        return new SentencePieceTokenizer(new SentencePieceDefinition
        {
            Pieces = pieces,
            ByteTokens = [.. Enumerable.Range(FirstByte, 256)],
            Merges = SentencePieceDefinition.MergesOf(pieces, scores),
            Scores = scores,
            AddsSpace = true,
            SpecialTokens = [.. s_special.Select((text, id) => new SpecialToken(text, id))],
            EndOfTextId = 1,
        });
    }

    /// <summary>Writes a tokenizer.</summary>
    /// <exception cref="NotSupportedException">llama2.c would give other ids.</exception>
    public static byte[] Write(TextTokenizer tokenizer)
    {
        if (tokenizer is not SentencePieceTokenizer { Definition: var definition }) throw new NotSupportedException("llama2.c knows SentencePiece's BPE only: it merges across spaces and has its bytes as the tokens 3 to 258.");
        if (definition.IsUnigram || definition.CharacterMap is not null || definition.Symbols.Count > 0)
            throw new NotSupportedException("llama2.c merges characters as they stand; this tokenizer cuts by the unigram model, replaces characters or has symbols of a person's own, so its ids would differ.");
        if (definition.ByteTokens is null || definition.ByteTokens.Index().Any(one => one.Item != FirstByte + one.Index)) throw new NotSupportedException("llama2.c has the bytes as the tokens 3 to 258, and this tokenizer has not.");
        if (definition.DropsSpaces || !definition.AddsSpace) throw new NotSupportedException("llama2.c puts a space before a text and keeps all others; this tokenizer does not, so its ids would differ.");
        if (definition.SpecialTokens.Count != s_special.Length || definition.SpecialTokens.OrderBy(token => token.Id).Index().Any(one => one.Item.Text != s_special[one.Index] || one.Item.Id != one.Index))
            throw new NotSupportedException("llama2.c knows the special tokens <unk>, <s> and </s> with the ids 0, 1 and 2 only.");

        var scores = definition.Scores ?? ScoresOf(definition);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        byte[][] texts = [.. definition.Pieces.Select((piece, id) => Encoding.UTF8.GetBytes(id < FirstByte ? s_specialInFile[id] : id < FirstPiece ? ByteNames.Of((byte)(id - FirstByte)) : piece!))];
        writer.Write(texts.Max(text => text.Length));
        foreach (var (id, text) in texts.Index())
        {
            writer.Write(scores[id]);
            writer.Write(text.Length);
            writer.Write(text);
        }
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Scores that mean the same merges: the sooner a piece is made, the higher.</summary>
    private static float[] ScoresOf(SentencePieceDefinition definition)
    {
        var scores = new float[definition.Pieces.Count];
        var made = definition.Merges.Select(merge => merge.Token).Distinct().ToList();
        foreach (var (order, token) in made.Index()) scores[token] = -order;
        var single = made.ToHashSet();
        for (var id = 0; id < scores.Length; id++)
            if (!single.Contains(id)) scores[id] = -made.Count - id; // never made, so any score does
        if (!SentencePieceDefinition.MergesOf(definition.Pieces, scores).Select(Pair).SequenceEqual(definition.Merges.Select(Pair)))
            throw new NotSupportedException("llama2.c's file holds a score for each token, and the merges of this tokenizer are none that scores mean; its ids would differ.");
        return scores;

        static (int, int, int) Pair(TokenMerge merge) => (merge.Left, merge.Right, merge.Token);
    }

    private static List<(string Text, float Score, int Position)> ReadTokens(NamedContent file)
    {
        var bytes = file.Bytes.AsSpan();
        if (bytes.Length < 4) throw file.Error("at byte 0", $"the file has {bytes.Length} bytes; a tokenizer.bin begins with the length of its longest token");
        var longest = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        var tokens = new List<(string, float, int)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var encoding = new UTF8Encoding(false, throwOnInvalidBytes: true);
        for (var position = 4; position < bytes.Length;)
        {
            var start = position;
            if (bytes.Length - position < 8) throw file.Error($"at byte {start}", $"token {tokens.Count} is cut off");
            var score = BinaryPrimitives.ReadSingleLittleEndian(bytes[position..]);
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[(position + 4)..]);
            position += 8;
            if (!float.IsFinite(score)) throw file.Error($"at byte {start}", $"the score of token {tokens.Count} is {score}; expected a number");
            if (length <= 0 || length > longest) throw file.Error($"at byte {start + 4}", $"token {tokens.Count} has {length} bytes; the file says that the longest has {longest}");
            if (length > bytes.Length - position) throw file.Error($"at byte {start}", $"token {tokens.Count} is cut off");
            try
            {
                var text = encoding.GetString(bytes.Slice(position, length));
                if (!seen.Add(text)) throw file.Error($"at byte {start}", $"token {tokens.Count}, \"{text}\", stands there twice");
                tokens.Add((text, score, start));
            }
            catch (DecoderFallbackException)
            {
                throw file.Error($"at byte {position}", $"token {tokens.Count} is not UTF-8");
            }
            position += length;
        }
        return tokens;
    }
}
