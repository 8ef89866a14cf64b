using TinyLM.Model.Tokenization.Formats;

namespace TinyLM.Model.Tokenization;

/// <summary>Reads tokenizers that other programs made.</summary>
public static class TokenizerImport
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const long LargestFile = NamedContent.LargestFile;

    /// <summary>Reads a tokenizer; what kind of file it is, its content says.</summary>
    /// <param name="files">One file, or <c>vocab.json</c> and <c>merges.txt</c>, each with its name for messages.</param>
    /// <param name="options">What the files do not say.</param>
    /// <returns>The tokenizer, and the format in which it came.</returns>
    /// <exception cref="TokenizerFormatException">Malformed, or of a kind that the lab does not know: the message names file and place.</exception>
    public static (TextTokenizer Tokenizer, TokenizerFormat Format) Read(IReadOnlyList<ExportedFile> files, TokenizerImportOptions options)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Split?.Validate() is { Count: > 0 } problems) throw new TokenizerFormatException(string.Join(" ", problems));
        NamedContent[] contents = [.. files.Select(file => new NamedContent(file.Name, file.Content.ToArray()))];
        foreach (var file in contents)
            if (file.Bytes.Length == 0) throw new TokenizerFormatException($"{file.Name}: the file is empty.");
        return contents switch
        {
            [var one] => ReadOne(one, options),
            [var first, var second] => ReadTwo(first, second, options),
            _ => throw new TokenizerFormatException($"{contents.Length} files are given; expected one, or vocab.json and merges.txt."),
        };
    }

    private static (TextTokenizer, TokenizerFormat) ReadOne(NamedContent file, TokenizerImportOptions options)
    {
        if (IsJson(file))
        {
            return file.ReadJson(root => root.ValueKind == System.Text.Json.JsonValueKind.Object && !root.TryGetProperty("model", out _) && root.EnumerateObject().All(member => member.Value.ValueKind == System.Text.Json.JsonValueKind.Number))
                ? throw new TokenizerFormatException($"{file.Name}: the file is a vocab.json; give the merges.txt that belongs to it too.")
                : (TokenizerFile.Read(file, addsEndOfText: true), TokenizerFormat.HuggingFace);
        }

        if (TiktokenFile.IsLikely(file)) return (TiktokenFile.Read(file, options), TokenizerFormat.Tiktoken);
        if (LlmcFile.IsLikely(file)) return (LlmcFile.Read(file, options.Split ?? new TextSplit(SplitPattern.Gpt2)), TokenizerFormat.Llmc);
        if (Llama2cFile.IsLikely(file)) return (Llama2cFile.Read(file), TokenizerFormat.Llama2c);
        if (file.Bytes[0] == 0x0A) return (new SentencePieceModelReader(file).Read(), TokenizerFormat.SentencePiece); // its first field: a piece
        throw new TokenizerFormatException($"{file.Name}: the file is none that the lab knows. It reads Hugging Face's tokenizer.json, vocab.json with merges.txt, tiktoken's rank files, llama2.c's tokenizer.bin, llm.c's gpt2_tokenizer.bin and SentencePiece's .model.");
    }

    private static (TextTokenizer, TokenizerFormat) ReadTwo(NamedContent first, NamedContent second, TokenizerImportOptions options)
    {
        var (vocabulary, merges) = IsJson(first) ? (first, second) : (second, first);
        if (!IsJson(vocabulary) || IsJson(merges)) throw new TokenizerFormatException($"{first.Name} and {second.Name}: of two files one is a vocab.json, an object of tokens and ids, and the other the merges.txt that belongs to it.");
        return (VocabularyAndMerges.Read(vocabulary, merges, options.Split ?? new TextSplit(SplitPattern.Gpt2)), TokenizerFormat.VocabularyAndMerges);
    }

    private static bool IsJson(NamedContent file) => file.Bytes.AsSpan().TrimStart("\uFEFF \t\r\n"u8) is [(byte)'{', ..] or [(byte)'[', ..];
}
