namespace TinyLM.Model.Tokenization;

/// <summary>A file for another program.</summary>
/// <param name="Name">The name by which that program knows it.</param>
/// <param name="Content">Its bytes.</param>
public sealed record ExportedFile(string Name, ReadOnlyMemory<byte> Content);
