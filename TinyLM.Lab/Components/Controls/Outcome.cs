namespace TinyLM.Lab.Components.Controls;

/// <summary>How something that was asked for ended.</summary>
/// <param name="IsGood">Whether it was done.</param>
/// <param name="Message">What was done, or why not, in words.</param>
public sealed record Outcome(bool IsGood, string Message);
