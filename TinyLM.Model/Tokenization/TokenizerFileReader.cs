using System.Text.Json;
using System.Text.Json.Nodes;

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
        RefuseUnless(root, "normalizer", JsonValueKind.Null);
        RefuseUnless(root, "truncation", JsonValueKind.Null);
        RefuseUnless(root, "padding", JsonValueKind.Null);
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
        foreach (var value in Enumerable.Range(0, 256))
            if (!_ids.ContainsKey(ByteLevel.Character((byte)value).ToString()))
                throw Error("$.model.vocab", $"there is no token for byte {value} ({Quoted(ByteLevel.Character((byte)value).ToString())}), so that not every text has tokens");
        return new TokenizerDefinition { SplitPattern = pattern, Tokens = tokens, Merges = ReadMerges(Member(model, "merges", "$.model")), EndOfTextId = endOfText };
    }

    private SplitPattern ReadPattern(JsonElement preTokenizer)
    {
        var found = JsonNode.Parse(preTokenizer.GetRawText());
        foreach (var pattern in Enum.GetValues<SplitPattern>())
            if (JsonNode.DeepEquals(found, TokenizerFile.PreTokenizer(pattern))) return pattern;
        var kind = preTokenizer.ValueKind == JsonValueKind.Object && preTokenizer.TryGetProperty("type", out var type) ? Quoted(type.ToString()) : preTokenizer.ValueKind.ToString();
        throw Error("$.pre_tokenizer", $"found {kind}; the lab knows byte-level BPE with GPT-2's split pattern (ByteLevel, no prefix space) or GPT-4's (a Sequence of Split and ByteLevel)");
    }

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
            if (!_ids.TryGetValue(content, out var known)) AddToken(content, id, "$.added_tokens");
            else if (!id.TryGetInt32(out var told) || told != known) throw Error("$.added_tokens", $"{Quoted(content)} has id {id}, and {known} in the vocabulary");
        }
        foreach (var (text, id) in _ids)
            if (id >= _ids.Count) throw Error("$.model.vocab", $"{Quoted(text)} has id {id}; {_ids.Count} tokens have the ids 0 to {_ids.Count - 1}");
        return _ids.TryGetValue(TextTokenizer.EndOfText, out var endOfText) ? endOfText
            : throw Error("$.added_tokens", $"there is no {TextTokenizer.EndOfText}, which the lab puts before each document");
    }

    private void AddToken(string text, JsonElement id, string place)
    {
        if (!id.TryGetInt32(out var number) || number < 0) throw Error(place, $"{Quoted(text)} has id {id}; expected a whole number from 0");
        if (!_ids.TryAdd(text, number)) throw Error(place, $"{Quoted(text)} stands there twice");
        if (_texts.TryGetValue(number, out var other)) throw Error(place, $"{Quoted(text)} and {Quoted(other)} have the same id, {number}");
        _texts.Add(number, text);
    }

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
                if (!_ids.ContainsKey(token)) throw Error(place, $"the merge of {Quoted(left)} and {Quoted(right)} needs the token {Quoted(token)}, which the vocabulary does not hold");
            if (!seen.Add((_ids[left], _ids[right]))) throw Error(place, $"the merge of {Quoted(left)} and {Quoted(right)} stands there twice");
            read.Add((_ids[left], _ids[right]));
        }
        return read;
    }

    private JsonElement.ArrayEnumerator Items(JsonElement list, string place) =>
        list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw Error(place, $"expected a list, found {list.ValueKind}");

    private JsonElement Member(JsonElement parent, string name, string place) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member) ? member : throw Error($"{place}.{name}", "it is missing");

    private void RefuseUnless(JsonElement root, string name, JsonValueKind kind)
    {
        if (root.TryGetProperty(name, out var value) && value.ValueKind != kind)
            throw Error($"$.{name}", $"found {(value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out var type) ? Quoted(type.ToString()) : value.ValueKind)}, which the lab does not know; only tokenizers without it can be read");
    }

    private TokenizerFormatException Error(string place, string problem) => new($"{path}, at {place}: {problem}.");

    private static string Quoted(string text) => $"\"{text}\"";
}
