using TinyLM.Lab.Components.Tokens;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Components.Pages.Tokenizers;

/// <summary>What one of several tokenizers makes of a text.</summary>
internal sealed record TokenizerCut
{
    /// <summary>The tokenizer.</summary>
    public required string TokenizerId { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Its tokens.</summary>
    public TokenizedText Tokens { get; init; } = TokenizedText.Empty;

    /// <summary>How much text it makes how many tokens of.</summary>
    public Fertility Fertility { get; init; }

    /// <summary>Which of its tokens the others have not.</summary>
    public IReadOnlyList<TokenMark> Marks { get; init; } = [];

    /// <summary>How many those are.</summary>
    public int ApartCount => Marks.Count(mark => mark == TokenMark.Apart);
}
