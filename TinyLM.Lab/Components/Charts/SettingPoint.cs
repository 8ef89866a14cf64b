namespace TinyLM.Lab.Components.Charts;

/// <summary>A run in a plot of its loss over a setting.</summary>
/// <param name="Name">What the run is called.</param>
/// <param name="Place">Value of the setting where all runs have a number there; else null.</param>
/// <param name="Text">Value of the setting in words.</param>
/// <param name="Loss">Its loss, nats per token.</param>
/// <param name="Series">What the runs of its colour have in common; empty where all have one colour.</param>
public readonly record struct SettingPoint(string Name, double? Place, string Text, double Loss, string Series);
