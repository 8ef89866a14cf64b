namespace TinyLM.Model.Tokenization;

/// <summary>Two tokens that become one.</summary>
/// <param name="Rank">Its place in the order of merges, from 0; the lowest is merged first.</param>
/// <param name="Left">The token before.</param>
/// <param name="Right">The token behind.</param>
/// <param name="Token">What they become.</param>
public readonly record struct TokenMerge(int Rank, int Left, int Right, int Token);
