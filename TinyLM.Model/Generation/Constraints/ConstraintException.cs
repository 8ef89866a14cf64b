namespace TinyLM.Model.Generation.Constraints;

/// <summary>A constraint that cannot be followed, in words: what is wrong with it and where.</summary>
public sealed class ConstraintException(string message, Exception? innerException = null) : ArgumentException(message, innerException);
