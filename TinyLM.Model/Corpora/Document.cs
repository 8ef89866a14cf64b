namespace TinyLM.Model.Corpora;

/// <summary>One document of a corpus: what the model sees between two end-of-text tokens; or a piece of one.</summary>
/// <param name="Text">The text, well-formed Unicode.</param>
/// <param name="LogProbability">Natural logarithm of the probability of this text under its source, where the source knows it.</param>
/// <param name="ContinuesPrevious">Goes on where the text before it stopped, so that no end-of-text token stands between them: a long running text comes in pieces.</param>
public readonly record struct Document(string Text, double? LogProbability = null, bool ContinuesPrevious = false);
