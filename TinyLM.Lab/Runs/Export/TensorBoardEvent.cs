namespace TinyLM.Lab.Runs.Export;

/// <summary>One event of a TensorBoard file, as far as curves need it.</summary>
/// <param name="WallTime">Seconds since 1970.</param>
/// <param name="Step">Step.</param>
/// <param name="FileVersion">Version of the format, in the first event of a file only.</param>
/// <param name="Scalars">Values by their tags.</param>
/// <param name="IsStart">Whether a writer began here: what it or others wrote of this step and later ones before is taken back.</param>
internal sealed record TensorBoardEvent(double WallTime, long Step, string? FileVersion, IReadOnlyList<(string Tag, float Value)> Scalars, bool IsStart = false);
