namespace TinyLM.Lab.Inspection;

/// <summary>What a sequence of a batch holds of one document.</summary>
/// <param name="Text">Its text; bytes that are no whole character at a cut stand as �.</param>
/// <param name="TokenCount">Its tokens, the one that begins the document counted.</param>
/// <param name="BeginsDocument">Whether the document begins here; else it began before the sequence.</param>
public sealed record BatchPart(string Text, int TokenCount, bool BeginsDocument);
