namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who speaks: system, user, assistant, or any other text.</param>
/// <param name="Content">What is said.</param>
public sealed record ChatMessage(string Role, string Content);
