namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>Numbers that belong together.</summary>
/// <param name="Id">As the page's elements are called.</param>
/// <param name="Title">What they are about.</param>
/// <param name="Note">What to know of them; empty where there is nothing.</param>
/// <param name="Rows">The numbers.</param>
public sealed record ReckoningSection(string Id, string Title, string Note, IReadOnlyList<Reckoning> Rows);
