namespace TinyLM.Lab.Runs.Filtering;

/// <summary>Something of a run that a filter can compare: a number, or one or more texts.</summary>
/// <param name="Number">Reads the number; null for a field of texts.</param>
/// <param name="Texts">Reads the texts; null for a field of numbers.</param>
internal sealed record FilterField(Func<RunFacts, double?>? Number, Func<RunFacts, IEnumerable<string>>? Texts);
