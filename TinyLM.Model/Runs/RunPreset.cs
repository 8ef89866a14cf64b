namespace TinyLM.Model.Runs;

/// <summary>A named, ready configuration.</summary>
/// <param name="Id">As the command line and <see cref="RunSpec.Preset"/> name it.</param>
/// <param name="Title">As pages name it.</param>
/// <param name="Description">One sentence: what comes out and how long it takes.</param>
/// <param name="Spec">The settings.</param>
public sealed record RunPreset(string Id, string Title, string Description, RunSpec Spec);
