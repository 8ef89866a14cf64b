namespace TinyLM.Model.Corpora;

/// <summary>One document of a corpus: what the model sees between two end-of-text tokens.</summary>
/// <param name="Text">The text, well-formed Unicode.</param>
/// <param name="LogProbability">Natural logarithm of the probability of this text under its source, where the source knows it.</param>
public readonly record struct Document(string Text, double? LogProbability = null);
