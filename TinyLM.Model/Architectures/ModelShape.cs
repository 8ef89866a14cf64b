namespace TinyLM.Model.Architectures;

/// <summary>A shape that is known by name.</summary>
/// <param name="Id">As the command line names it.</param>
/// <param name="Title">As pages name it.</param>
/// <param name="Config">The shape, with the vocabulary that it was published with.</param>
public sealed record ModelShape(string Id, string Title, ModelConfig Config);
