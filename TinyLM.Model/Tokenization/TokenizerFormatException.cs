namespace TinyLM.Model.Tokenization;

/// <summary>A tokenizer file that cannot be read, or that describes a tokenizer of another kind; the message names the file and the place.</summary>
public sealed class TokenizerFormatException(string message, Exception? innerException = null) : Exception(message, innerException);
