using TinyLM.Model.Tokenization.Formats;

namespace TinyLM.Model.Tokenization;

/// <summary>Writes tokenizers for other programs, which read them with the same ids; where they would not, it is refused in words.</summary>
public static class TokenizerExport
{
    /// <summary>The formats that are written.</summary>
    public static IReadOnlyList<TokenizerFormat> Formats { get; } =
        [TokenizerFormat.HuggingFace, TokenizerFormat.VocabularyAndMerges, TokenizerFormat.Tiktoken, TokenizerFormat.Llama2c, TokenizerFormat.Llmc];

    /// <summary>Which formats a tokenizer can be written in.</summary>
    public static IReadOnlyList<TokenizerExportChoice> Choices(TextTokenizer tokenizer) => [.. Formats.Select(format =>
    {
        try
        {
            _ = Write(tokenizer, format);
            return new TokenizerExportChoice(format, null);
        }
        catch (NotSupportedException e)
        {
            return new TokenizerExportChoice(format, e.Message);
        }
    })];

    /// <summary>Writes a tokenizer.</summary>
    /// <returns>The files: one, or <c>vocab.json</c> and <c>merges.txt</c>.</returns>
    /// <exception cref="NotSupportedException">The format cannot say what the tokenizer does; the message says what.</exception>
    public static IReadOnlyList<ExportedFile> Write(TextTokenizer tokenizer, TokenizerFormat format) => format switch
    {
        TokenizerFormat.HuggingFace => [new("tokenizer.json", HuggingFace(tokenizer))],
        TokenizerFormat.VocabularyAndMerges => VocabularyAndMerges.Write(tokenizer),
        TokenizerFormat.Tiktoken => [new("tokenizer.tiktoken", TiktokenFile.Write(tokenizer))],
        TokenizerFormat.Llama2c => [new("tokenizer.bin", Llama2cFile.Write(tokenizer))],
        TokenizerFormat.Llmc => [new("llmc_tokenizer.bin", LlmcFile.Write(tokenizer))],
        TokenizerFormat.SentencePiece => throw new NotSupportedException("SentencePiece's .model is read and not written; llama2.c's tokenizer.bin and tokenizer.json say the same."),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
    };

    private static byte[] HuggingFace(TextTokenizer tokenizer)
    {
        using var stream = new MemoryStream();
        TokenizerFile.Write(stream, tokenizer);
        return stream.ToArray();
    }
}
