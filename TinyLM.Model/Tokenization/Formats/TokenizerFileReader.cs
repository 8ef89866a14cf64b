using System.Text.Json;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>Reads the parts of a <c>tokenizer.json</c> of byte-level BPE, each error with the file and the place.</summary>
/// <param name="file">The file.</param>
/// <param name="addsEndOfText">Whether an end-of-text token is put behind a vocabulary that has none.</param>
internal sealed class TokenizerFileReader(NamedContent file, bool addsEndOfText)
{
    private readonly VocabularyReader _vocabulary = new();
    private readonly List<SpecialToken> _special = [];

    /// <summary>Reads the whole.</summary>
    public BytePairDefinition Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw file.Error("at $", $"expected an object, found {root.ValueKind}");
        var whole = new JsonPart(file, "$", root);
        var composes = ReadNormalizer(whole["normalizer"]);
        foreach (var part in (string[])["truncation", "padding"]) Refuse(whole[part]);
        Refuse(whole["decoder"], except: "ByteLevel");
        PostProcessor.Check(whole["post_processor"]);
        var splits = PreTokenizerReader.Read(whole.Member("pre_tokenizer"));
        var model = whole.Member("model");
        CheckModel(model);

        _vocabulary.AddAll(model.Member("vocab"));
        _special.AddRange(AddedTokens.Read(whole, _vocabulary));
        if (_vocabulary.Ids.TryGetValue(TextTokenizer.EndOfText, out var named) && _special.All(token => token.Id != named)) _special.Add(new SpecialToken(TextTokenizer.EndOfText, named));
        var endOfText = EndOfTextNames.Choose(_special, _vocabulary.Size, addsEndOfText)
            ?? throw whole["added_tokens"].Error($"there is no {TextTokenizer.EndOfText} or its like, which the lab puts before each document");
        var tokens = ByteTokens(model["vocab"]);
        var merges = ReadMerges(model.Member("merges"));
        return new BytePairDefinition
        {
            Splits = splits,
            Tokens = [.. tokens, .. new byte[]?[Math.Max(0, endOfText + 1 - tokens.Length)]],
            Merges = merges,
            TakesWholeChunks = model["ignore_merges"].Flag(otherwise: false),
            ComposesCharacters = composes,
            SpecialTokens = _special,
            EndOfTextId = endOfText,
        };
    }

    /// <summary>Whether characters are composed; nothing else is known.</summary>
    private static bool ReadNormalizer(JsonPart normalizer)
    {
        if (normalizer.IsNull) return false;
        JsonPart[] steps = normalizer.Type == "Sequence" ? [.. normalizer.Member("normalizers").Items()] : [normalizer];
        foreach (var step in steps) Refuse(step, except: "NFC");
        return steps.Length > 0;
    }

    private static void CheckModel(JsonPart model)
    {
        if (model.Member("type").Text() is var type && type != "BPE") throw model["type"].Error($"found \"{type}\"; expected \"BPE\"");
        if (!model["dropout"].IsNull && model["dropout"].Value.ToString() is not ("0" or "0.0")) throw model["dropout"].Error($"found {model["dropout"].Found}; the lab always merges the same");
        foreach (var setting in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
            if (model[setting] is { IsNull: false } value && value.Text().Length > 0) throw value.Error($"found \"{value.Text()}\"; byte-level BPE as the lab knows it has none");
        if (model["byte_fallback"].Flag(otherwise: false)) throw model["byte_fallback"].Error("found true; a tokenizer of bytes has nothing to fall back to");
    }

    private byte[]?[] ByteTokens(JsonPart place)
    {
        var special = _special.Select(token => token.Id).ToHashSet();
        var tokens = new byte[]?[_vocabulary.Size];
        foreach (var (text, id) in _vocabulary.Ids)
        {
            if (special.Contains(id)) continue;
            tokens[id] = ByteLevel.ToBytes(text) is { Length: > 0 } bytes ? bytes : throw place.Error($"token {id}, \"{text}\", is no byte-level token and none of the added tokens");
        }
        ByteLevelVocabulary.CheckAlphabet(_vocabulary.Ids.Where(token => !special.Contains(token.Value)).Select(token => token.Key), problem => place.Error(problem));
        return tokens;
    }

    private List<TokenMerge> ReadMerges(JsonPart merges)
    {
        var reader = new MergeReader(_vocabulary.Ids, _special);
        foreach (var merge in merges.Items()) reader.Add(merge);
        return reader.Merges;
    }

    private static void Refuse(JsonPart part, string? except = null)
    {
        if (part.IsNull || except is not null && part.Type == except) return;
        throw part.Error($"found {part.Found}, which the lab does not know; it reads only tokenizers {(except is null ? "without it" : $"with none or with {except}")}");
    }
}
