namespace TinyLM.Lab.Runs.Filtering;

/// <summary>Runs that lists show together.</summary>
/// <param name="Name">What they have in common; null where runs are not grouped.</param>
/// <param name="Runs">The runs, in order.</param>
public sealed record RunGroup(string? Name, IReadOnlyList<RunSummary> Runs);
