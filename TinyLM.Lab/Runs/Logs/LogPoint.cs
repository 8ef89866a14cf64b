namespace TinyLM.Lab.Runs.Logs;

/// <summary>One value of a tag in a TensorBoard log.</summary>
/// <param name="Step">Step.</param>
/// <param name="WallTime">Seconds since 1970.</param>
/// <param name="Value">The value.</param>
public readonly record struct LogPoint(long Step, double WallTime, float Value);
