namespace TinyLM.Model.Tokenization;

/// <summary>A token with its place in the text.</summary>
/// <param name="Id">The token.</param>
/// <param name="Start">Where it begins, in bytes of the text in UTF-8.</param>
/// <param name="Length">Its bytes; 0 where the tokenizer added something that the text does not hold.</param>
public readonly record struct TokenSpan(int Id, int Start, int Length);
