using System.Globalization;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Inspection;

/// <summary>A sum of tokens as people type it: <c>king - man + woman</c>.</summary>
/// <param name="Terms">Each token and its factor, 1 or −1.</param>
/// <param name="Notices">What a person should know: a word that is more than one token, for one.</param>
public sealed record TokenSum(IReadOnlyList<(int Token, int Factor)> Terms, IReadOnlyList<string> Notices)
{
    /// <summary>Reads a sum: words with + or − between them, spaces around the signs.</summary>
    public static TokenSum Parse(TextTokenizer tokenizer, string text)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(text);
        var terms = new List<(int, int)>();
        var notices = new List<string>();
        var factor = 1;
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (word is "+" or "-" or "−")
            {
                factor = word == "+" ? 1 : -1;
                continue;
            }

            var (token, notice) = Find(tokenizer, word);
            if (notice is not null) notices.Add(notice);
            if (token is { } found) terms.Add((found, factor));
            factor = 1;
        }

        return new TokenSum(terms, notices);
    }

    /// <summary>The token of a word: as it stands within a text, after a space, where that is one token; else alone; else its first token.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="word">The word, as it is typed or with the signs that <see cref="TokenText"/> writes; or # and an id.</param>
    public static (int? Token, string? Notice) Find(TextTokenizer tokenizer, string word)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(word);
        if (word[..Math.Min(1, word.Length)] == "#" && int.TryParse(word.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id < tokenizer.VocabularySize) return (id, null);
        var plain = word.Replace('·', ' ').Replace('↵', '\n').Replace('⇥', '\t');
        if (plain.Length == 0) return (null, null);
        if (plain == word && tokenizer.Encode(" " + plain) is [var within]) return (within, null);
        var ids = tokenizer.Encode(plain);
        return ids.Count switch
        {
            0 => (null, $"“{word}” is no token."),
            1 => (ids[0], null),
            var count => (ids[0], $"“{word}” is {count} tokens; its first, {TokenText.Of(tokenizer, ids[0])}, stands for it."),
        };
    }

    /// <summary>What <see cref="Find"/> reads as a token: its text, or # and its id where the text alone would be another.</summary>
    public static string NameOf(TextTokenizer tokenizer, int token)
    {
        var text = TokenText.Of(tokenizer, token);
        return Find(tokenizer, text) == (token, null) ? text : string.Create(CultureInfo.InvariantCulture, $"#{token}");
    }
}
