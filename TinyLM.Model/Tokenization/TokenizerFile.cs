using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TinyLM.Model.Tokenization;

/// <summary>Reads and writes <c>tokenizer.json</c>, the format of Hugging Face's tokenizers, for byte-level BPE.</summary>
/// <remarks>
/// What the lab cannot do as the file asks (normalizers, other pre-tokenizers, dropout, unknown tokens) is refused by name:
/// other ids than those of the file's own ecosystem would be worse than none.
/// </remarks>
internal static class TokenizerFile
{
    private const long LargestFile = 256 << 20;

    private static readonly JsonSerializerOptions s_options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a tokenizer.</summary>
    public static void Write(Stream stream, TokenizerDefinition tokenizer)
    {
        string Name(int id) => id == tokenizer.EndOfTextId ? TextTokenizer.EndOfText : ByteLevel.ToText(tokenizer.Tokens[id]);

        var vocabulary = new JsonObject();
        for (var id = 0; id < tokenizer.Tokens.Count; id++) vocabulary.Add(Name(id), id);
        var file = new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray(new JsonObject
            {
                ["id"] = tokenizer.EndOfTextId,
                ["content"] = TextTokenizer.EndOfText,
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
                ["special"] = true,
            }),
            ["normalizer"] = null,
            ["pre_tokenizer"] = PreTokenizer(tokenizer.SplitPattern),
            ["post_processor"] = null,
            ["decoder"] = ByteLevelPart(useRegex: true, addPrefixSpace: true),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = false,
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. tokenizer.Merges.Select(merge => (JsonNode)$"{Name(merge.Left)} {Name(merge.Right)}")]),
            },
        };
        JsonSerializer.Serialize(stream, file, s_options);
    }

    /// <summary>Reads a tokenizer.</summary>
    /// <exception cref="TokenizerFormatException">It is malformed, or of a kind that the lab does not know.</exception>
    public static TokenizerDefinition Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (stream.Length > LargestFile) throw new TokenizerFormatException($"{path}: the file has {stream.Length} bytes; a tokenizer.json has at most {LargestFile}.");
        try
        {
            using var document = JsonDocument.Parse(stream);
            return new TokenizerFileReader(path).Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new TokenizerFormatException($"{path}, line {e.LineNumber + 1}: the file is no JSON. {e.Message}", e);
        }
        catch (InvalidOperationException e) // half of a pair of surrogates in an escape
        {
            throw new TokenizerFormatException($"{path}: the file holds a string that is no text. {e.Message}", e);
        }
    }

    /// <summary>The pre-tokenizer of a split pattern.</summary>
    public static JsonObject PreTokenizer(SplitPattern pattern) => pattern == SplitPattern.Gpt2
        ? ByteLevelPart(useRegex: true, addPrefixSpace: false)
        : new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "Split",
                    ["pattern"] = new JsonObject { ["Regex"] = TextSplitter.Expression(pattern) },
                    ["behavior"] = "Isolated",
                    ["invert"] = false,
                },
                ByteLevelPart(useRegex: false, addPrefixSpace: false)),
        };

    private static JsonObject ByteLevelPart(bool useRegex, bool addPrefixSpace) => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = addPrefixSpace,
        ["trim_offsets"] = true,
        ["use_regex"] = useRegex,
    };
}
