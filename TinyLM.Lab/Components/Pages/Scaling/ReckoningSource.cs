namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>Where a formula stands.</summary>
/// <param name="Title">Who and when.</param>
/// <param name="Address">Its address; empty where it is our own.</param>
public sealed record ReckoningSource(string Title, string Address);
