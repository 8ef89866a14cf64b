namespace TinyLM.Model.Training;

/// <summary>The loss or the gradient is no finite number any more; the weights are worth nothing.</summary>
/// <param name="message">In words, with what to try.</param>
internal sealed class TrainingDivergedException(string message) : Exception(message);
