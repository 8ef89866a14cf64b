using System.Text.Json;
using System.Text.Json.Nodes;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>SentencePiece's tokenizers as <c>tokenizer.json</c>: BPE in the form that <c>transformers</c> makes of Llama's, the unigram model as Hugging Face's tokenizers know it.</summary>
/// <remarks>
/// Where a person defined symbols, a space is put before the text alone and not behind each symbol too; the file says so by
/// the pre-tokenizer Metaspace, and by symbols that are looked for in the normalized text, unless normalizing would change them.
/// </remarks>
internal static class SentencePieceJson
{
    /// <summary>What stands for a space in the file.</summary>
    public const string Mark = "▁";

    /// <summary>The expression of the spaces at the ends of a text.</summary>
    public const string SpacesAtEnds = @"\A +| +\z";

    /// <summary>The expression of the spaces at the end of a text: those at its beginning become one, which Metaspace takes for the one that it would put there.</summary>
    public const string SpacesAtEnd = @" +\z";

    /// <summary>The expression of spaces in a row.</summary>
    public const string Spaces = " +";

    /// <summary>Whether a file is of this form rather than byte-level BPE.</summary>
    public static bool IsLikely(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("model", out var model) || model.ValueKind != JsonValueKind.Object) return false;
        if (TypeOf(model) == "Unigram") return true;
        if (!root.TryGetProperty("pre_tokenizer", out var preTokenizer)) return false;
        if (TypeOf(preTokenizer) == "Metaspace") return true;
        return preTokenizer.ValueKind == JsonValueKind.Null
            && ((model.TryGetProperty("byte_fallback", out var fallback) && fallback.ValueKind == JsonValueKind.True)
                || (root.TryGetProperty("normalizer", out var normalizer) && normalizer.ValueKind == JsonValueKind.Object && normalizer.GetRawText().Contains(Mark, StringComparison.Ordinal)));

        static string? TypeOf(JsonElement part) => part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;
    }

    /// <summary>Writes a tokenizer.</summary>
    public static JsonObject Write(SentencePieceTokenizer tokenizer)
    {
        var definition = tokenizer.Definition;
        var names = Names(tokenizer);
        var byMetaspace = definition.IsUnigram || definition.Symbols.Count > 0;
        var symbols = definition.Symbols.ToLookup(symbol => definition.IsReplaced(symbol));
        int[] added = definition.IsUnigram ? [.. symbols[true]] : [.. definition.Symbols]; // a unigram model's score makes sure of the others
        JsonObject?[] steps =
        [
            definition.CharacterMap is { } map ? new JsonObject { ["type"] = "Precompiled", ["precompiled_charsmap"] = Convert.ToBase64String(map.Content) } : null,
            definition.DropsSpaces ? Replace("Regex", byMetaspace && definition.AddsSpace ? SpacesAtEnd : SpacesAtEnds, "") : null,
            definition.DropsSpaces ? Replace("Regex", Spaces, " ") : null,
            definition.AddsSpace && !byMetaspace ? new JsonObject { ["type"] = "Prepend", ["prepend"] = Mark } : null,
            byMetaspace ? null : Replace("String", " ", Mark),
        ];
        var normalizer = new JsonObject { ["type"] = "Sequence", ["normalizers"] = new JsonArray([.. steps.OfType<JsonObject>()]) };
        JsonObject Metaspace() => new()
        {
            ["type"] = "Metaspace",
            ["replacement"] = Mark,
            ["prepend_scheme"] = !definition.AddsSpace ? "never" : added.Length > 0 ? "first" : "always",
            ["split"] = false,
        };
        JsonObject?[] decoders =
        [
            definition.ByteTokens is null ? null : new JsonObject { ["type"] = "ByteFallback" },
            byMetaspace ? Metaspace() : Replace("String", Mark, " "),
            new JsonObject { ["type"] = "Fuse" },
            definition.AddsSpace && !byMetaspace ? new JsonObject { ["type"] = "Strip", ["content"] = " ", ["start"] = 1, ["stop"] = 0 } : null,
        ];
        var decoder = new JsonObject { ["type"] = "Sequence", ["decoders"] = new JsonArray([.. decoders.OfType<JsonObject>()]) };
        var file = TokenizerFile.Envelope(tokenizer, normalizer, byMetaspace ? Metaspace() : null, decoder, definition.IsUnigram ? Unigram(definition, names) : BytePairs(definition, names));
        foreach (var symbol in added) file["added_tokens"]!.AsArray().Add(TokenizerFile.AddedToken(symbol, names[symbol]!, isSpecial: false, isNormalized: symbols[false].Contains(symbol)));
        return file;
    }

    /// <summary>Reads a tokenizer.</summary>
    /// <exception cref="TokenizerFormatException">It asks for what the lab does not know.</exception>
    public static SentencePieceTokenizer Read(NamedContent file, JsonElement root)
    {
        var whole = new JsonPart(file, "$", root);
        foreach (var part in (string[])["truncation", "padding"])
            if (!whole[part].IsNull) throw whole[part].Error($"found {whole[part].Found}; the lab reads only tokenizers without it");
        PostProcessor.Check(whole["post_processor"]);
        var model = whole.Member("model");
        var vocabulary = new VocabularyReader();
        var scores = new List<float>();
        var isUnigram = model.Member("type").Text() switch
        {
            "Unigram" => true,
            "BPE" => false,
            var other => throw model["type"].Error($"found \"{other}\"; expected \"BPE\" or \"Unigram\""),
        };
        if (isUnigram) ReadScores(model, vocabulary, scores);
        else vocabulary.AddAll(model.Member("vocab"));
        var normalizer = new SentencePieceNormalizer(whole["normalizer"], whole["pre_tokenizer"]);
        var added = AddedTokens.Read(whole, vocabulary);
        var symbols = added.Where(token => token.IsPartOfText && normalizer.KeepsSymbolsInside).ToList();
        List<SpecialToken> special = [.. added.Except(symbols)];
        var noText = special.Select(token => token.Id).ToHashSet();
        var bytes = model["byte_fallback"].Flag(otherwise: false) ? ByteTokens(model, vocabulary) : null;
        noText.UnionWith(bytes ?? []);
        var unknown = UnknownId(model, vocabulary, isUnigram);
        if (bytes is null && unknown is null) throw model.Error("there are neither tokens of bytes nor an unknown one, so that not every text has tokens");
        if (unknown is { } id) noText.Add(id);

        List<string?> pieces = [.. Enumerable.Range(0, vocabulary.Size).Select(id => noText.Contains(id) ? null : vocabulary.TextOf(id)?.Replace(Mark, " ", StringComparison.Ordinal))];
        if (pieces.Find(piece => piece?.Length > UnigramCutter.LongestPiece) is { } longest) throw model["vocab"].Error($"a token has {longest.Length} characters; expected at most {UnigramCutter.LongestPiece}");
        if (normalizer.SplitsWords && pieces.Any(piece => piece is not null && SentencePieceTokenizer.HasSpaceBehind(piece)))
            throw whole["pre_tokenizer"].Error("text is split before each space, but there are tokens of several words");
        return new SentencePieceTokenizer(new SentencePieceDefinition
        {
            Pieces = pieces,
            ByteTokens = bytes,
            UnknownId = unknown,
            IsUnigram = isUnigram,
            Merges = isUnigram ? [] : ReadMerges(model, vocabulary, special),
            Scores = isUnigram ? [.. Enumerable.Range(0, vocabulary.Size).Select(id => id < scores.Count ? scores[id] : 0)] : null,
            Symbols = [.. symbols.Where(token => pieces[token.Id] is not null).Select(token => token.Id)],
            CharacterMap = normalizer.CharacterMap,
            AddsSpace = normalizer.AddsSpace,
            DropsSpaces = normalizer.DropsSpaces,
            ReadsMarksAsSpaces = true,
            SpecialTokens = special,
            EndOfTextId = (special.Find(token => token.Text == "<s>") ?? special.Find(token => token.Text == "</s>") ?? throw whole["added_tokens"].Error("there is neither <s> nor </s>, one of which the lab puts before each document")).Id,
        });
    }

    private static JsonObject BytePairs(SentencePieceDefinition definition, string?[] names)
    {
        var vocabulary = new JsonObject();
        foreach (var (id, name) in names.Index())
            if (name is not null) vocabulary.Add(name, id);
        return new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = definition.UnknownId is { } unknown ? names[unknown] : null,
            ["continuing_subword_prefix"] = null,
            ["end_of_word_suffix"] = null,
            ["fuse_unk"] = true,
            ["byte_fallback"] = definition.ByteTokens is not null,
            ["ignore_merges"] = false,
            ["vocab"] = vocabulary,
            ["merges"] = new JsonArray([.. definition.Merges.Select(merge => (JsonNode)$"{names[merge.Left]} {names[merge.Right]}")]),
        };
    }

    private static JsonObject Unigram(SentencePieceDefinition definition, string?[] names) => new()
    {
        ["type"] = "Unigram",
        ["unk_id"] = definition.UnknownId,
        ["vocab"] = new JsonArray([.. names.Select((name, id) => new JsonArray(name ?? throw new NotSupportedException($"tokenizer.json counts the tokens of a unigram model without gaps; this one has no token {id}."), definition.Scores![id]))]),
        ["byte_fallback"] = definition.ByteTokens is not null,
    };

    /// <summary>A token by the name that it has in the vocabulary; null where it has none.</summary>
    private static string?[] Names(SentencePieceTokenizer tokenizer)
    {
        var definition = tokenizer.Definition;
        string?[] names = [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => tokenizer.FindSpecial(id)?.Text ?? (id < definition.Pieces.Count ? definition.Pieces[id]?.Replace(" ", Mark, StringComparison.Ordinal) : null))];
        foreach (var (value, id) in (definition.ByteTokens ?? []).Index()) names[id] = ByteNames.Of((byte)value);
        return names;
    }

    private static void ReadScores(JsonPart model, VocabularyReader vocabulary, List<float> scores)
    {
        foreach (var piece in model.Member("vocab").Items())
        {
            JsonPart[] two = [.. piece.Items()];
            if (two.Length != 2) throw piece.Error($"expected a token and its score, found {two.Length} parts");
            if (two[1].Value.ValueKind != JsonValueKind.Number || !two[1].Value.TryGetSingle(out var score) || !float.IsFinite(score)) throw two[1].Error($"expected the score of \"{two[0].Text()}\", a number, found {two[1].Found}");
            vocabulary.Add(two[0].Text(), scores.Count, piece);
            scores.Add(score);
        }
    }

    private static List<TokenMerge> ReadMerges(JsonPart model, VocabularyReader vocabulary, List<SpecialToken> special)
    {
        if (!model["dropout"].IsNull) throw model["dropout"].Error($"found {model["dropout"].Found}; the lab always merges the same");
        if (model["ignore_merges"].Flag(otherwise: false)) throw model["ignore_merges"].Error("found true, which the lab knows for byte-level BPE only");
        var merges = new MergeReader(vocabulary.Ids, special);
        foreach (var merge in model.Member("merges").Items()) merges.Add(merge);
        return merges.Merges;
    }

    private static int? UnknownId(JsonPart model, VocabularyReader vocabulary, bool isUnigram)
    {
        var part = model[isUnigram ? "unk_id" : "unk_token"];
        if (part.IsNull) return null;
        if (isUnigram) return VocabularyReader.IdOf("the unknown token", part) is var id && vocabulary.TextOf(id) is not null ? id : throw part.Error($"there is no token {id}");
        return vocabulary.Ids.TryGetValue(part.Text(), out var named) ? named : throw part.Error($"\"{part.Text()}\" is not in the vocabulary");
    }

    private static int[] ByteTokens(JsonPart model, VocabularyReader vocabulary) =>
        [.. Enumerable.Range(0, 256).Select(value => vocabulary.Ids.TryGetValue(ByteNames.Of((byte)value), out var id) ? id
            : throw model["vocab"].Error($"there is no token {ByteNames.Of((byte)value)}, so that not every text has tokens"))];

    private static JsonObject Replace(string kind, string pattern, string content) => new()
    {
        ["type"] = "Replace",
        ["pattern"] = new JsonObject { [kind] = pattern },
        ["content"] = content,
    };
}
