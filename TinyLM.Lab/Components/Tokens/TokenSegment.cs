namespace TinyLM.Lab.Components.Tokens;

/// <summary>A piece of what stands on a token's chip.</summary>
/// <param name="Text">What stands there.</param>
/// <param name="IsHexadecimal">Whether it is bytes in hexadecimal, because they are no whole character.</param>
public readonly record struct TokenSegment(string Text, bool IsHexadecimal);
