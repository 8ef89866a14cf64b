namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>A number with how it comes about.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The number, for people.</param>
/// <param name="Formula">The formula.</param>
/// <param name="Figures">The same with its numbers.</param>
/// <param name="Source">Where the formula stands.</param>
/// <param name="Amount">The number itself.</param>
public sealed record Reckoning(string Name, string Value, string Formula, string Figures, ReckoningSource Source, double Amount);
