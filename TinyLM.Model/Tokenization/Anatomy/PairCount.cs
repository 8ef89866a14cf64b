namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>How often two tokens stand side by side.</summary>
/// <param name="Left">Id of the first.</param>
/// <param name="Right">Id of the second.</param>
/// <param name="Count">How often; overlapping occurrences count each.</param>
public readonly record struct PairCount(int Left, int Right, int Count);
