namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>A number with how it comes about.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The number, for people.</param>
/// <param name="Formula">The formula.</param>
/// <param name="Figures">The same with its numbers.</param>
/// <param name="Source">Where the formula stands.</param>
/// <param name="Amount">The number itself.</param>
public sealed record Reckoning(string Name, string Value, string Formula, string Figures, ReckoningSource Source, double Amount);

/// <summary>Where a formula stands.</summary>
/// <param name="Title">Who and when.</param>
/// <param name="Address">Its address; empty where it is our own.</param>
public sealed record ReckoningSource(string Title, string Address);

/// <summary>Numbers that belong together.</summary>
/// <param name="Id">As the page's elements are called.</param>
/// <param name="Title">What they are about.</param>
/// <param name="Note">What to know of them; empty where there is nothing.</param>
/// <param name="Rows">The numbers.</param>
public sealed record ReckoningSection(string Id, string Title, string Note, IReadOnlyList<Reckoning> Rows);
