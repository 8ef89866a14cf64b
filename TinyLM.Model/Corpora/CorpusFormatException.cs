namespace TinyLM.Model.Corpora;

/// <summary>A file that cannot be a corpus; the message names what was expected, what was found, where, and what to do.</summary>
public sealed class CorpusFormatException(string message, Exception? innerException = null) : Exception(message, innerException);
