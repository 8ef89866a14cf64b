using System.Text;

namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>How long a text is, whatever tokenizer cuts it.</summary>
/// <param name="Characters">Code points.</param>
/// <param name="Words">Runs of characters without white space.</param>
/// <param name="Bytes">Bytes of its UTF-8.</param>
public readonly record struct TextMeasure(long Characters, long Words, long Bytes)
{
    /// <summary>Measures a text.</summary>
    public static TextMeasure Of(ReadOnlySpan<char> text)
    {
        long characters = 0, words = 0;
        var isInWord = false;
        foreach (var rune in text.EnumerateRunes())
        {
            characters++;
            var isSpace = Rune.IsWhiteSpace(rune);
            if (!isSpace && !isInWord) words++;
            isInWord = !isSpace;
        }
        return new TextMeasure(characters, words, Encoding.UTF8.GetByteCount(text));
    }

    /// <summary>Both together.</summary>
    public static TextMeasure operator +(TextMeasure x, TextMeasure y) => new(x.Characters + y.Characters, x.Words + y.Words, x.Bytes + y.Bytes);
}
