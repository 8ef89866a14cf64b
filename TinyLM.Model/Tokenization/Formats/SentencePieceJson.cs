using System.Text.Json;
using System.Text.Json.Nodes;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>SentencePiece's BPE as <c>tokenizer.json</c>, in the form that <c>transformers</c> makes of Llama's.</summary>
internal static class SentencePieceJson
{
    private const string Mark = "▁";
    private const string SpacesAtEnds = @"\A +| +\z";
    private const string Spaces = " +";

    /// <summary>Whether a file is of this form rather than byte-level BPE.</summary>
    public static bool IsLikely(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("model", out var model) && model.ValueKind == JsonValueKind.Object
        && model.TryGetProperty("byte_fallback", out var fallback) && fallback.ValueKind == JsonValueKind.True
        && root.TryGetProperty("pre_tokenizer", out var preTokenizer) && preTokenizer.ValueKind == JsonValueKind.Null;

    /// <summary>Writes a tokenizer.</summary>
    public static JsonObject Write(SentencePieceTokenizer tokenizer)
    {
        var definition = tokenizer.Definition;
        var names = Names(tokenizer);
        var vocabulary = new JsonObject();
        foreach (var (id, name) in names.Index())
            if (name is not null) vocabulary.Add(name, id);
        var model = new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = tokenizer.FindSpecial("<unk>")?.Text,
            ["continuing_subword_prefix"] = null,
            ["end_of_word_suffix"] = null,
            ["fuse_unk"] = true,
            ["byte_fallback"] = true,
            ["ignore_merges"] = false,
            ["vocab"] = vocabulary,
            ["merges"] = new JsonArray([.. definition.Merges.Select(merge => (JsonNode)$"{names[merge.Left]} {names[merge.Right]}")]),
        };
        JsonObject?[] steps =
        [
            definition.DropsSpaces ? Replace("Regex", SpacesAtEnds, "") : null,
            definition.DropsSpaces ? Replace("Regex", Spaces, " ") : null,
            definition.AddsSpace ? new JsonObject { ["type"] = "Prepend", ["prepend"] = Mark } : null,
            Replace("String", " ", Mark),
        ];
        var normalizer = new JsonObject { ["type"] = "Sequence", ["normalizers"] = new JsonArray([.. steps.OfType<JsonObject>()]) };
        JsonObject?[] decoders =
        [
            Replace("String", Mark, " "),
            new JsonObject { ["type"] = "ByteFallback" },
            new JsonObject { ["type"] = "Fuse" },
            definition.AddsSpace ? new JsonObject { ["type"] = "Strip", ["content"] = " ", ["start"] = 1, ["stop"] = 0 } : null,
        ];
        var decoder = new JsonObject { ["type"] = "Sequence", ["decoders"] = new JsonArray([.. decoders.OfType<JsonObject>()]) };
        return TokenizerFile.Envelope(tokenizer, normalizer, preTokenizer: null, decoder, model);
    }

    /// <summary>Reads a tokenizer.</summary>
    /// <exception cref="TokenizerFormatException">It asks for what the lab does not know.</exception>
    public static SentencePieceTokenizer Read(NamedContent file, JsonElement root)
    {
        var whole = new JsonPart(file, "$", root);
        foreach (var part in (string[])["truncation", "padding"])
            if (!whole[part].IsNull) throw whole[part].Error($"found {whole[part].Found}; the lab reads only tokenizers without it");
        PostProcessor.Check(whole["post_processor"]);
        var (addsSpace, dropsSpaces) = ReadNormalizer(whole.Member("normalizer"));
        var model = whole.Member("model");
        if (model.Member("type").Text() is var type && type != "BPE") throw model["type"].Error($"found \"{type}\"; expected \"BPE\"");
        if (!model["dropout"].IsNull) throw model["dropout"].Error($"found {model["dropout"].Found}; the lab always merges the same");
        if (model["ignore_merges"].Flag(otherwise: false)) throw model["ignore_merges"].Error("found true, which the lab knows for byte-level BPE only");

        var vocabulary = new VocabularyReader();
        vocabulary.AddAll(model.Member("vocab"));
        var special = AddedTokens.Read(whole, vocabulary);
        var merges = new MergeReader(vocabulary.Ids, special);
        foreach (var merge in model.Member("merges").Items()) merges.Add(merge);
        var beginning = special.Find(token => token.Text == "<s>") ?? throw whole["added_tokens"].Error("there is no <s>, which the lab puts before each document");
        int[] bytes = [.. Enumerable.Range(0, 256).Select(value => vocabulary.Ids.TryGetValue(ByteNames.Of((byte)value), out var id) ? id
            : throw model["vocab"].Error($"there is no token {ByteNames.Of((byte)value)}, so that not every text has tokens"))];
        var noText = special.Select(token => token.Id).Concat(bytes).ToHashSet();
        return new SentencePieceTokenizer(new SentencePieceDefinition
        {
            Pieces = [.. Enumerable.Range(0, vocabulary.Size).Select(id => noText.Contains(id) ? null : vocabulary.TextOf(id)?.Replace(Mark, " ", StringComparison.Ordinal))],
            ByteTokens = bytes,
            Merges = merges.Merges,
            AddsSpace = addsSpace,
            DropsSpaces = dropsSpaces,
            ReadsMarksAsSpaces = true,
            SpecialTokens = special,
            EndOfTextId = beginning.Id,
        });
    }

    /// <summary>A token by the name that it has in the vocabulary; null where it has none.</summary>
    private static string?[] Names(SentencePieceTokenizer tokenizer)
    {
        var definition = tokenizer.Definition;
        string?[] names = [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => tokenizer.FindSpecial(id)?.Text ?? (id < definition.Pieces.Count ? definition.Pieces[id]?.Replace(" ", Mark, StringComparison.Ordinal) : null))];
        for (var value = 0; value < 256; value++) names[definition.ByteTokens[value]] = ByteNames.Of((byte)value);
        return names;
    }

    private static (bool AddsSpace, bool DropsSpaces) ReadNormalizer(JsonPart normalizer)
    {
        JsonPart[] steps = normalizer.Type == "Sequence" ? [.. normalizer.Member("normalizers").Items()] : [normalizer];
        var (addsSpace, dropsSpaces) = (false, false);
        foreach (var (index, step) in steps.Index())
        {
            var isLast = index == steps.Length - 1;
            if (step.Type == "Prepend" && step.Member("prepend").Text() == Mark && index == steps.Length - 2) addsSpace = true;
            else if (IsReplace(step, "String", " ", Mark) && isLast) return (addsSpace, dropsSpaces);
            else if (index == 0 && IsReplace(step, "Regex", SpacesAtEnds, "")) dropsSpaces = true;
            else if (index == 1 && dropsSpaces && IsReplace(step, "Regex", Spaces, " ")) continue;
            else throw step.Error($"found {step.Found}, which the lab does not know here; it reads Llama's: Prepend ▁ and Replace of spaces by ▁");
        }
        throw normalizer.Error($"found {normalizer.Found} that does not end with the Replace of spaces by ▁");
    }

    private static bool IsReplace(JsonPart step, string kind, string pattern, string content) =>
        step.Type == "Replace" && step["pattern"][kind] is { IsNull: false } found && found.Text() == pattern && step.Member("content").Text() == content;

    private static JsonObject Replace(string kind, string pattern, string content) => new()
    {
        ["type"] = "Replace",
        ["pattern"] = new JsonObject { [kind] = pattern },
        ["content"] = content,
    };
}
