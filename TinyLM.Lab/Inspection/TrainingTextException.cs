namespace TinyLM.Lab.Inspection;

/// <summary>What a run read cannot be shown, in words.</summary>
public sealed class TrainingTextException(string message, Exception? innerException = null) : Exception(message, innerException);
