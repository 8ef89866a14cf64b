namespace TinyLM.Lab.Runs.Workers;

/// <summary>A worker did not do what it was asked, in words.</summary>
internal sealed class WorkerUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
