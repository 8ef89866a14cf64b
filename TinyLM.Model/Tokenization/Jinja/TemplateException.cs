namespace TinyLM.Model.Tokenization.Jinja;

/// <summary>A template that cannot be read or followed, or that refuses its input; the message says what and where.</summary>
public sealed class TemplateException(string message) : Exception(message);
