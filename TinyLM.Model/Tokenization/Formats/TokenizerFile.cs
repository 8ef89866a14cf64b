using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary><c>tokenizer.json</c>, the format of Hugging Face's tokenizers.</summary>
/// <remarks>
/// What the lab cannot do as the file asks (other normalizers than NFC, other pre-tokenizers, dropout, unknown tokens) is refused by name:
/// other ids than those of the file's own ecosystem would be worse than none.
/// </remarks>
internal static class TokenizerFile
{
    private static readonly JsonSerializerOptions s_options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a tokenizer.</summary>
    /// <exception cref="TokenizerFormatException">It is malformed, or of a kind that the lab does not know.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TextTokenizer Load(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (stream.Length > NamedContent.LargestFile) throw new TokenizerFormatException($"{path}: the file has {stream.Length} bytes; a tokenizer's file has at most {NamedContent.LargestFile}.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return Read(new NamedContent(path, content), addsEndOfText: false);
    }

    /// <summary>Reads a tokenizer from its bytes.</summary>
    /// <param name="file">The file.</param>
    /// <param name="addsEndOfText">Whether an end-of-text token is put behind a vocabulary that has none; else such a file is refused.</param>
    /// <exception cref="TokenizerFormatException">It is malformed, or of a kind that the lab does not know.</exception>
    public static TextTokenizer Read(NamedContent file, bool addsEndOfText) => file.ReadJson<TextTokenizer>(root =>
        SentencePieceJson.IsLikely(root) ? SentencePieceJson.Read(file, root) : new BytePairTokenizer(new TokenizerFileReader(file, addsEndOfText).Read(root)));

    /// <summary>Writes a tokenizer.</summary>
    /// <exception cref="NotSupportedException">The format cannot say what the tokenizer does.</exception>
    public static void Write(Stream stream, TextTokenizer tokenizer)
    {
        var file = tokenizer switch
        {
            BytePairTokenizer bytePair => TokenizerFileWriter.Write(bytePair),
            SentencePieceTokenizer sentencePiece => SentencePieceJson.Write(sentencePiece),
            _ => throw new NotSupportedException("tokenizer.json describes BPE; this tokenizer has a token for each Unicode code point and no merges."),
        };
        JsonSerializer.Serialize(stream, file, s_options);
    }

    /// <summary>The members of the file around the model, for a tokenizer without a post-processor.</summary>
    public static JsonObject Envelope(TextTokenizer tokenizer, JsonNode? normalizer, JsonNode? preTokenizer, JsonNode decoder, JsonNode model) => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = new JsonArray([.. tokenizer.SpecialTokens.Select(token => AddedToken(token.Id, token.Text, !token.IsPartOfText))]),
        ["normalizer"] = normalizer,
        ["pre_tokenizer"] = preTokenizer,
        ["post_processor"] = null,
        ["decoder"] = decoder,
        ["model"] = model,
    };

    /// <summary>A token that stands beside the vocabulary, as a whole wherever it is found.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="text">Its text.</param>
    /// <param name="isSpecial">Whether it stands for no text.</param>
    /// <param name="isNormalized">Whether it is looked for in the normalized text.</param>
    public static JsonObject AddedToken(int id, string text, bool isSpecial, bool isNormalized = false) => new()
    {
        ["id"] = id,
        ["content"] = text,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = isNormalized,
        ["special"] = isSpecial,
    };
}
