namespace TinyLM.Model.Scaling;

/// <summary>A device for training by its maker's data sheet.</summary>
/// <param name="Id">As addresses name it.</param>
/// <param name="Title">As pages name it.</param>
/// <param name="FlopsPerSecond">Peak in bf16 without sparsity, operations a second.</param>
/// <param name="BytesPerSecond">Bandwidth of its memory.</param>
/// <param name="Watts">The most power that it takes.</param>
public sealed record Accelerator(string Id, string Title, double FlopsPerSecond, double BytesPerSecond, double Watts);
