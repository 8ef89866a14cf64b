namespace TinyLM.Lab.Runs.Alerts;

/// <summary>Something that a person should look at.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Step">Steps done when it was noticed.</param>
/// <param name="Message">What was seen, with figures.</param>
/// <param name="Advice">The likely cause, and what to try.</param>
public sealed record RunAlert(AlertKind Kind, int Step, string Message, string Advice);
