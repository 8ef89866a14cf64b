namespace TinyLM.Model.Tokenization.Formats;

/// <summary>llm.c's tokenizer file, from which it only decodes: 256 uint32 (magic, version 2, number of tokens, end-of-text token), then length and bytes of each token.</summary>
/// <remarks>https://github.com/karpathy/llm.c, train_gpt2.py, <c>write_tokenizer</c>.</remarks>
internal static class LlmcFile
{
    private const uint Magic = 20240328;

    /// <summary>Writes a tokenizer.</summary>
    /// <exception cref="NotSupportedException">A token is longer than 255 bytes, or an id is nobody's.</exception>
    public static byte[] Write(TextTokenizer tokenizer)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        foreach (var number in (uint[])[Magic, 2, (uint)tokenizer.VocabularySize, (uint)tokenizer.EndOfTextId, .. new uint[252]]) writer.Write(number);
        for (var id = 0; id < tokenizer.VocabularySize; id++)
        {
            if (!tokenizer.HasToken(id)) throw new NotSupportedException($"llm.c's file has a token for each id, and id {id} of this tokenizer is nobody's.");
            var bytes = tokenizer.FindSpecial(id) is { } special ? System.Text.Encoding.UTF8.GetBytes(special.Text) : tokenizer.TokenBytes(id).ToArray();
            if (bytes.Length > 255) throw new NotSupportedException($"llm.c's tokens have at most 255 bytes, and token {id} has {bytes.Length}.");
            writer.Write((byte)bytes.Length);
            writer.Write(bytes);
        }
        writer.Flush();
        return stream.ToArray();
    }
}
