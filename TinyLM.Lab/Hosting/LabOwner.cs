namespace TinyLM.Lab.Hosting;

/// <summary>The lab that serves a data directory.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="Address">Where it is served; null before it listens.</param>
internal sealed record LabOwner(int ProcessId, string? Address);
