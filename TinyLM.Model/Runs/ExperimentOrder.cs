using System.Globalization;
using TinyLM.Model.Corpora;

namespace TinyLM.Model.Runs;

/// <summary>What a <see cref="ScalingExperiment"/> is laid out for.</summary>
public sealed record ExperimentOrder
{
    /// <summary>Shortest and longest, in minutes: below, no model learns anything; above, it is an experiment of weeks.</summary>
    public const double FewestMinutes = 1, MostMinutes = 14 * 24 * 60;

    /// <summary>How its runs lie over sizes and amounts of text.</summary>
    public ExperimentKind Kind { get; init; } = ExperimentKind.IsoFlop;

    /// <summary>Minutes that all runs together may take.</summary>
    public double Minutes { get; init; } = 10;

    /// <summary>Id of the corpus.</summary>
    public string Corpus { get; init; } = StorySet.World.Id;

    /// <summary>Bytes of the corpus; null for the built-in stories, which are written as long as is wanted.</summary>
    public long? TextBytes { get; init; }

    /// <summary>Device that all runs train on, as <see cref="Training.TrainingConfig.Device"/> names it.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Seed of the weights and batches, the same for all runs.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Every broken rule, worded for the person who asks; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (double.IsNaN(Minutes)) problems.Add(string.Create(CultureInfo.InvariantCulture, $"The time is no number; it must be between {FewestMinutes} and {MostMinutes:#,0} minutes (two weeks)."));
        else if (!(Minutes is >= FewestMinutes and <= MostMinutes))
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"The time is {(Minutes < 1e6 ? Minutes.ToString("0.####", CultureInfo.InvariantCulture) : Minutes.ToString("0.##e0", CultureInfo.InvariantCulture))} minutes; it must be between {FewestMinutes} and {MostMinutes:#,0} (two weeks)."));
        if (string.IsNullOrWhiteSpace(Corpus)) problems.Add("No corpus is chosen.");
        return problems;
    }
}
