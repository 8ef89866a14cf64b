namespace TinyLM.Model.Corpora;

/// <summary>One story of the story world.</summary>
/// <param name="Text">The text: plain ASCII, paragraphs set apart by a line feed.</param>
/// <param name="LogProbability">Natural logarithm of the probability of this text under the story world.</param>
/// <param name="Facts">What the story tells, for tasks that ask about it.</param>
public sealed record Story(string Text, double LogProbability, StoryFacts Facts);
