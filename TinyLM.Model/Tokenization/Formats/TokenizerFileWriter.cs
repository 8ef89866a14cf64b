using System.Text.Json.Nodes;
using TinyLM.Model.Tokenization.Splitting;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>Writes byte-level BPE as <c>tokenizer.json</c>.</summary>
internal static class TokenizerFileWriter
{
    /// <summary>The file.</summary>
    /// <exception cref="NotSupportedException">Its split expression means something else in that world.</exception>
    public static JsonObject Write(BytePairTokenizer tokenizer)
    {
        var definition = tokenizer.Definition;
        var vocabulary = new JsonObject();
        for (var id = 0; id < tokenizer.VocabularySize; id++)
            if (tokenizer.HasToken(id)) vocabulary.Add(NameOf(tokenizer, id), id);
        var model = new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = null,
            ["continuing_subword_prefix"] = null,
            ["end_of_word_suffix"] = null,
            ["fuse_unk"] = false,
            ["byte_fallback"] = false,
            ["ignore_merges"] = definition.TakesWholeChunks,
            ["vocab"] = vocabulary,
            ["merges"] = new JsonArray([.. tokenizer.OrderedMerges.Select(merge => (JsonNode)$"{NameOf(tokenizer, merge.Left)} {NameOf(tokenizer, merge.Right)}")]),
        };
        return TokenizerFile.Envelope(tokenizer, definition.ComposesCharacters ? new JsonObject { ["type"] = "NFC" } : null, PreTokenizer(definition.Splits), ByteLevelPart(useRegex: true, addPrefixSpace: true), model);
    }

    /// <summary>A token in byte-level writing, or the text of a special one.</summary>
    public static string NameOf(BytePairTokenizer tokenizer, int id) => tokenizer.FindSpecial(id)?.Text ?? ByteLevel.ToText(tokenizer.TokenBytes(id).Span);

    private static JsonObject PreTokenizer(IReadOnlyList<TextSplit> splits)
    {
        var endsWithGpt2 = splits[^1].Pattern == SplitPattern.Gpt2; // which ByteLevel does by itself
        JsonObject[] steps =
        [
            .. splits.Take(splits.Count - (endsWithGpt2 ? 1 : 0)).Where(split => split.Pattern != SplitPattern.None).Select(Step),
            ByteLevelPart(useRegex: endsWithGpt2, addPrefixSpace: false),
        ];
        return steps is [var only] ? only : new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray([.. steps]) };
    }

    private static JsonObject Step(TextSplit split)
    {
        if (split.Pattern == SplitPattern.Digits) return new JsonObject { ["type"] = "Digits", ["individual_digits"] = true };
        if (split.Expression is { } own && ExpressionDialects.DifferenceOf(own) is { } difference)
            throw new NotSupportedException($"The split expression {own} holds {difference}, which Hugging Face's tokenizers read otherwise; the ids would differ.");
        return new JsonObject
        {
            ["type"] = "Split",
            ["pattern"] = new JsonObject { ["Regex"] = split.Expression ?? SplitExpressions.Of(split.Pattern) },
            ["behavior"] = "Isolated",
            ["invert"] = false,
        };
    }

    private static JsonObject ByteLevelPart(bool useRegex, bool addPrefixSpace) => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = addPrefixSpace,
        ["trim_offsets"] = true,
        ["use_regex"] = useRegex,
    };
}
