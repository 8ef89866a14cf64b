namespace TinyLM.Model.Data;

/// <summary>A corpus of too few tokens to make one sequence.</summary>
public sealed class CorpusTooShortException(string message) : InvalidOperationException(message);
