namespace TinyLM.Model.Checkpoints;

/// <summary>A checkpoint is missing, damaged, or of a model that this engine does not know; the message names file and place.</summary>
/// <param name="message">What was expected, what was found, and where.</param>
/// <param name="inner">What lies behind it.</param>
public sealed class CheckpointException(string message, Exception? inner = null) : Exception(message, inner);
