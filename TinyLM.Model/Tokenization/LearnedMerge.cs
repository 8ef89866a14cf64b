namespace TinyLM.Model.Tokenization;

/// <summary>A merge that training found.</summary>
/// <param name="Left">The token before.</param>
/// <param name="Right">The token behind.</param>
/// <param name="Token">What they become.</param>
/// <param name="Count">How often the pair stood in the text, overlaps counted.</param>
/// <param name="TokenCount">Tokens of the text after it.</param>
public readonly record struct LearnedMerge(int Left, int Right, int Token, long Count, long TokenCount);
