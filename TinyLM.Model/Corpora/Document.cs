namespace TinyLM.Model.Corpora;

/// <summary>One document of a corpus: what the model sees between two end-of-text tokens.</summary>
/// <param name="Text">The text, well-formed Unicode.</param>
/// <param name="LogProbability">Natural logarithm of the probability of this text under its source, where the source knows it.</param>
/// <param name="ContinuesPrevious">Whether it goes on where the one before ended: a piece of a running text, with no end of text between.</param>
public readonly record struct Document(string Text, double? LogProbability = null, bool ContinuesPrevious = false);
