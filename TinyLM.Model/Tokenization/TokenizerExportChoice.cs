namespace TinyLM.Model.Tokenization;

/// <summary>Whether a tokenizer can be written in a format.</summary>
/// <param name="Format">The format.</param>
/// <param name="Refusal">Why it cannot, in words; null where it can.</param>
public sealed record TokenizerExportChoice(TokenizerFormat Format, string? Refusal);
