using TinyLM.Model.Inference;

namespace TinyLM.Lab.Models;

/// <summary>What models may take of the machine; the section <c>Lab:Models</c> of the settings.</summary>
internal sealed record ModelHostOptions
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Lab:Models";

    /// <summary>Models that nobody reads stay in memory up to so many bytes, the last used ones first. One that is read is always in memory.</summary>
    public long MemoryBytes { get; init; } = 1L << 30;

    /// <summary>How models keep their weights in memory: <c>Fp32</c>, or <c>Bf16</c> to decode large ones faster; the texts of the two differ.</summary>
    public WeightFormat Weights { get; init; }

    /// <summary>A model that nobody has read for so long leaves memory.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Models that compute at the same time, each for all of its texts together. Half of the processors, so that training keeps its share.</summary>
    public int ConcurrentPasses { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Processors at most that share the large products of one pass. More than one makes a text faster and leaves training less.</summary>
    public int Threads { get; init; } = 1;
}
