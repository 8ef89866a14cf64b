namespace TinyLM.Model.Inference;

/// <summary>What one session reads in a batch.</summary>
/// <param name="Session">The session.</param>
/// <param name="Tokens">Its next tokens, at least one.</param>
/// <param name="WantsLogits">Whether <see cref="InferenceSession.Logits"/> are to tell what may follow the last of them.</param>
public readonly record struct BatchPart(InferenceSession Session, ReadOnlyMemory<int> Tokens, bool WantsLogits);
