using System.Text.Json;

namespace TinyLM.Model.Tokenization;

/// <summary>Reads the parts of a <c>tokenizer.json</c>, each error with the file and the place.</summary>
/// <param name="path">The file, for messages.</param>
internal sealed class TokenizerFileReader(string path)
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> _texts = [];

    /// <summary>Reads the whole.</summary>
    public TokenizerDefinition Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw Error("$", $"expected an object, found {root.ValueKind}");
        foreach (var part in (string[])["normalizer", "truncation", "padding"]) Refuse(root, part);
        foreach (var part in (string[])["post_processor", "decoder"]) Refuse(root, part, except: "ByteLevel");
        var pattern = ReadPattern(Member(root, "pre_tokenizer", "$"));
        var model = Member(root, "model", "$");
        CheckModel(model);

        ReadVocabulary(Member(model, "vocab", "$.model"));
        var endOfText = ReadEndOfText(root);
        var tokens = new byte[_ids.Count][];
        foreach (var (text, id) in _ids)
        {
            if (id == endOfText)
                tokens[id] = [];
            else
                tokens[id] = ByteLevel.ToBytes(text) ?? throw Error("$.model.vocab", $"token {id}, {Quoted(text)}, is no byte-level token, and the lab knows no special token but {TextTokenizer.EndOfText}");
        }
        var missing = Enumerable.Range(0, 256).Select(value => ByteLevel.Character((byte)value).ToString()).Where(text => !_ids.ContainsKey(text)).ToList();
        if (missing.Count > 0)
            throw Error("$.model.vocab", $"there is no token for {missing.Count} of the 256 bytes, the first of them {Quoted(missing[0])}, so that not every text has tokens; train with the whole byte alphabet (initial_alphabet)");
        return new TokenizerDefinition { SplitPattern = pattern, Tokens = tokens, Merges = ReadMerges(Member(model, "merges", "$.model")), EndOfTextId = endOfText };
    }

    private SplitPattern ReadPattern(JsonElement preTokenizer)
    {
        if (IsByteLevel(preTokenizer, splits: true)) return SplitPattern.Gpt2;
        if (IsOfType(preTokenizer, "Sequence") && preTokenizer.TryGetProperty("pretokenizers", out var list) && list.ValueKind == JsonValueKind.Array
            && list.EnumerateArray().ToArray() is [var split, var bytes] && IsByteLevel(bytes, splits: false) && IsOfType(split, "Split")
            && Text(split, "behavior") == "Isolated" && !Flag(split, "invert", otherwise: false)
            && split.TryGetProperty("pattern", out var pattern) && pattern.ValueKind == JsonValueKind.Object
            && TextSplitter.Find(Text(pattern, "Regex")) is { } known) return known;
        var kind = preTokenizer.ValueKind == JsonValueKind.Object ? Quoted(Text(preTokenizer, "type")) : preTokenizer.ValueKind.ToString();
        throw Error("$.pre_tokenizer", $"found {kind}; the lab knows byte-level BPE with GPT-2's split pattern (ByteLevel, no prefix space) or GPT-4's (a Sequence of Split and ByteLevel)");
    }

    private static bool IsByteLevel(JsonElement part, bool splits) =>
        IsOfType(part, "ByteLevel") && !Flag(part, "add_prefix_space", otherwise: true) && Flag(part, "use_regex", otherwise: true) == splits;

    private static bool IsOfType(JsonElement part, string type) => part.ValueKind == JsonValueKind.Object && Text(part, "type") == type;

    private static string Text(JsonElement part, string name) => part.TryGetProperty(name, out var value) ? value.ToString() : "";

    private static bool Flag(JsonElement part, string name, bool otherwise) => part.TryGetProperty(name, out var value) ? value.ValueKind == JsonValueKind.True : otherwise;

    private void CheckModel(JsonElement model)
    {
        if (Member(model, "type", "$.model") is var type && type.ToString() != "BPE") throw Error("$.model.type", $"found {Quoted(type.ToString())}; expected \"BPE\"");
        foreach (var setting in (string[])["dropout", "unk_token"])
            if (model.TryGetProperty(setting, out var value) && value.ValueKind != JsonValueKind.Null) throw Error($"$.model.{setting}", $"found {value}; byte-level BPE as the lab knows it has none");
        foreach (var setting in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
            if (model.TryGetProperty(setting, out var value) && !(value.ValueKind == JsonValueKind.Null || value.ValueEquals(""))) throw Error($"$.model.{setting}", $"found {value}; byte-level BPE as the lab knows it has none");
        foreach (var setting in (string[])["byte_fallback", "ignore_merges"])
            if (model.TryGetProperty(setting, out var value) && value.ValueKind == JsonValueKind.True) throw Error($"$.model.{setting}", "found true; the lab knows only false");
    }

    private void ReadVocabulary(JsonElement vocabulary)
    {
        if (vocabulary.ValueKind != JsonValueKind.Object) throw Error("$.model.vocab", $"expected an object of tokens and ids, found {vocabulary.ValueKind}");
        foreach (var token in vocabulary.EnumerateObject()) AddToken(token.Name, token.Value, "$.model.vocab");
    }

    private int ReadEndOfText(JsonElement root)
    {
        foreach (var added in Items(Member(root, "added_tokens", "$"), "$.added_tokens"))
        {
            var content = Member(added, "content", "$.added_tokens").ToString();
            var id = Member(added, "id", "$.added_tokens");
            if (content != TextTokenizer.EndOfText) throw Error("$.added_tokens", $"found {Quoted(content)}; the lab knows no special token but {TextTokenizer.EndOfText}");
            if (!_ids.TryGetValue(content, out var known)) AddToken(content, id, "$.added_tokens");
            else if (Number(id) != known) throw Error("$.added_tokens", $"{Quoted(content)} has id {id}, and {known} in the vocabulary");
        }
        foreach (var (text, id) in _ids)
            if (id >= _ids.Count) throw Error("$.model.vocab", $"{Quoted(text)} has id {id}; {_ids.Count} tokens have the ids 0 to {_ids.Count - 1}");
        return _ids.TryGetValue(TextTokenizer.EndOfText, out var endOfText) ? endOfText
            : throw Error("$.added_tokens", $"there is no {TextTokenizer.EndOfText}, which the lab puts before each document");
    }

    private void AddToken(string text, JsonElement id, string place)
    {
        if (Number(id) is not { } number) throw Error(place, $"{Quoted(text)} has id {id}; expected a whole number from 0");
        if (!_ids.TryAdd(text, number)) throw Error(place, $"{Quoted(text)} stands there twice");
        if (_texts.TryGetValue(number, out var other)) throw Error(place, $"{Quoted(text)} and {Quoted(other)} have the same id, {number}");
        _texts.Add(number, text);
    }

    private static int? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0 ? number : null;

    private List<(int Left, int Right)> ReadMerges(JsonElement merges)
    {
        var read = new List<(int Left, int Right)>();
        var seen = new HashSet<(int, int)>();
        foreach (var (index, merge) in Items(merges, "$.model.merges").Index())
        {
            var place = $"$.model.merges[{index}]";
            string[] parts = merge.ValueKind switch
            {
                JsonValueKind.String => merge.GetString()!.Split(' '),
                JsonValueKind.Array => [.. merge.EnumerateArray().Select(part => part.ToString())],
                _ => throw Error(place, $"expected a pair of tokens, found {merge.ValueKind}"),
            };
            if (parts is not [var left, var right]) throw Error(place, $"expected a pair of tokens, found {parts.Length}");
            foreach (var token in (string[])[left, right, left + right])
            {
                if (token == TextTokenizer.EndOfText) throw Error(place, $"the merge of {Quoted(left)} and {Quoted(right)} makes or takes {TextTokenizer.EndOfText}, which is no text");
                if (!_ids.ContainsKey(token)) throw Error(place, $"the merge of {Quoted(left)} and {Quoted(right)} needs the token {Quoted(token)}, which the vocabulary does not hold");
            }
            if (!seen.Add((_ids[left], _ids[right]))) throw Error(place, $"the merge of {Quoted(left)} and {Quoted(right)} stands there twice");
            read.Add((_ids[left], _ids[right]));
        }
        return read;
    }

    private JsonElement.ArrayEnumerator Items(JsonElement list, string place) =>
        list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw Error(place, $"expected a list, found {list.ValueKind}");

    private JsonElement Member(JsonElement parent, string name, string place) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member) ? member : throw Error($"{place}.{name}", "it is missing");

    private void Refuse(JsonElement root, string name, string? except = null)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null || except is not null && IsOfType(value, except)) return;
        var kind = value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out var type) ? Quoted(type.ToString()) : value.ValueKind.ToString();
        throw Error($"$.{name}", $"found {kind}, which the lab does not know; it reads only tokenizers {(except is null ? "without it" : $"with none or with {except}")}");
    }

    private TokenizerFormatException Error(string place, string problem) => new($"{path}, at {place}: {problem}.");

    private static string Quoted(string text) => $"\"{text}\"";
}
