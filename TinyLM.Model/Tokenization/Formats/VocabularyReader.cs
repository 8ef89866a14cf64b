using System.Text.Json;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>The tokens of a JSON vocabulary, text by id and id by text, each id once.</summary>
internal sealed class VocabularyReader
{
    /// <summary>Ids are below this: a vocabulary of a hundred tokens with one id of a billion would fill the memory.</summary>
    private const int MostIds = 1 << 22;

    private readonly Dictionary<int, string> _texts = [];

    /// <summary>Id by text.</summary>
    public Dictionary<string, int> Ids { get; } = new(StringComparer.Ordinal);

    /// <summary>One more than the highest id.</summary>
    public int Size { get; private set; }

    /// <summary>Adds the tokens of an object of texts and ids.</summary>
    public void AddAll(JsonPart vocabulary)
    {
        if (vocabulary.Value.ValueKind != JsonValueKind.Object) throw vocabulary.Error($"expected an object of tokens and ids, found {vocabulary.Found}");
        foreach (var token in vocabulary.Value.EnumerateObject()) Add(token.Name, vocabulary with { Value = token.Value });
    }

    /// <summary>Adds a token.</summary>
    public void Add(string text, JsonPart id) => Add(text, IdOf(text, id), id);

    /// <summary>Adds a token.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="number">Its id.</param>
    /// <param name="place">Where it stands, for messages.</param>
    public void Add(string text, int number, JsonPart place)
    {
        if (!Ids.TryAdd(text, number)) throw place.Error($"\"{text}\" stands there twice");
        if (_texts.TryGetValue(number, out var other)) throw place.Error($"\"{text}\" and \"{other}\" have the same id, {number}");
        _texts.Add(number, text);
        Size = Math.Max(Size, number + 1);
    }

    /// <summary>The text of an id; null where it is nobody's.</summary>
    public string? TextOf(int id) => _texts.GetValueOrDefault(id);

    /// <summary>A number that can be an id.</summary>
    public static int IdOf(string text, JsonPart id)
    {
        if (id.Value.ValueKind != JsonValueKind.Number || !id.Value.TryGetInt32(out var number) || number < 0) throw id.Error($"\"{text}\" has id {id.Found}; expected a whole number from 0");
        return number < MostIds ? number : throw id.Error($"\"{text}\" has id {number}; the lab reads ids below {MostIds}");
    }
}
