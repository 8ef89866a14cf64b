namespace TinyLM.Model.Runs;

/// <summary>The text that a preset is meant for, where a person has to bring it.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Address">Where it can be had.</param>
/// <param name="Keyword">What a corpus of it has in its name, in any case.</param>
/// <param name="IsRequired">Whether nothing else will do; else the built-in stories do until it is there.</param>
public sealed record PresetText(string Title, string Address, string Keyword, bool IsRequired);
