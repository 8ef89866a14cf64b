using TinyLM.Model.Runs;

namespace TinyLM.Lab.Library;

/// <summary>Settings that a person saved to begin with: the content of a file in <c>presets/</c>.</summary>
/// <param name="Id">Name of the file without its ending.</param>
/// <param name="Title">What the person calls them.</param>
/// <param name="Spec">The settings.</param>
public sealed record SavedPreset(string Id, string Title, RunSpec Spec);
