using System.Buffers.Binary;
using System.Text;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>llm.c's tokenizer file, from which it only decodes: 256 uint32 (magic, version 2, number of tokens, end-of-text token), then length and bytes of each token.</summary>
/// <remarks>https://github.com/karpathy/llm.c, train_gpt2.py, <c>write_tokenizer</c>.</remarks>
internal static class LlmcFile
{
    private const uint Magic = 20240328;
    private const int HeaderLength = 256 * sizeof(uint);

    /// <summary>Whether a file is one.</summary>
    public static bool IsLikely(NamedContent file) => BinaryPrimitives.TryReadUInt32LittleEndian(file.Bytes, out var magic) && magic == Magic;

    /// <summary>Reads a tokenizer: the file has no merges, so the ids are taken as tiktoken's ranks, which those of GPT-2 are.</summary>
    /// <param name="file">The file.</param>
    /// <param name="split">How text is split, which the file does not say.</param>
    public static TextTokenizer Read(NamedContent file, TextSplit split)
    {
        var bytes = file.Bytes.AsSpan();
        if (bytes.Length < HeaderLength) throw file.Error("in the header", $"the file ends after {bytes.Length} bytes; the header has {HeaderLength}");
        var (version, count, endOfText) = (Number(bytes, 1), Number(bytes, 2), Number(bytes, 3));
        if (version != 2) throw file.Error("at byte 4", $"the version is {version}; the lab knows 2, which names the end-of-text token");
        if (count > bytes.Length - HeaderLength) throw file.Error("at byte 8", $"{count} tokens are announced, and there are {bytes.Length - HeaderLength} bytes for them");
        if (endOfText >= count) throw file.Error("at byte 12", $"the end-of-text token is {endOfText}, and there are {count} tokens");

        var tokens = new byte[]?[count];
        var ids = new Dictionary<byte[], int>(ByteSequenceComparer.Instance);
        var position = HeaderLength;
        for (var id = 0; id < tokens.Length; id++)
        {
            var length = position < bytes.Length ? bytes[position] : 0;
            if (length == 0 || position + 1 + length > bytes.Length) throw file.Error($"at byte {position}", $"token {id} of {count} is missing or has no bytes");
            var token = bytes.Slice(position + 1, length).ToArray();
            position += 1 + length;
            if (id == endOfText) continue;
            if (!ids.TryAdd(token, id)) throw file.Error($"at byte {position - length}", $"token {id} has the bytes of token {ids[token]}");
            tokens[id] = token;
        }
        if (position != bytes.Length) throw file.Error($"at byte {position}", $"{bytes.Length - position} bytes follow the last token");
        ByteLevelVocabulary.CheckAlphabet(ids.Keys.Where(token => token.Length == 1).Select(token => ByteLevel.ToText(token)), problem => file.Error("in the tokens", problem));
        return new BytePairTokenizer(new BytePairDefinition
        {
            Splits = [split],
            Tokens = tokens,
            TakesWholeChunks = true,
            SpecialTokens = [new SpecialToken(TextTokenizer.EndOfText, (int)endOfText)],
            EndOfTextId = (int)endOfText,
        });
    }

    /// <summary>Writes a tokenizer.</summary>
    /// <exception cref="NotSupportedException">A token is longer than 255 bytes, or an id is nobody's.</exception>
    public static byte[] Write(TextTokenizer tokenizer)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        foreach (var number in (uint[])[Magic, 2, (uint)tokenizer.VocabularySize, (uint)tokenizer.EndOfTextId, .. new uint[HeaderLength / sizeof(uint) - 4]]) writer.Write(number);
        for (var id = 0; id < tokenizer.VocabularySize; id++)
        {
            if (!tokenizer.HasToken(id)) throw new NotSupportedException($"llm.c's file has a token for each id, and id {id} of this tokenizer is nobody's.");
            var bytes = tokenizer.FindSpecial(id) is { } special ? Encoding.UTF8.GetBytes(special.Text) : tokenizer.TokenBytes(id).ToArray();
            if (bytes.Length > 255) throw new NotSupportedException($"llm.c's tokens have at most 255 bytes, and token {id} has {bytes.Length}.");
            writer.Write((byte)bytes.Length);
            writer.Write(bytes);
        }
        writer.Flush();
        return stream.ToArray();
    }

    private static uint Number(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[(index * sizeof(uint))..]);
}
