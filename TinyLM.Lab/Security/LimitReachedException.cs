namespace TinyLM.Lab.Security;

/// <summary>A person asked for more than the lab gives to one, in words.</summary>
public sealed class LimitReachedException(string message) : Exception(message);
