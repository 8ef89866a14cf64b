using System.Text.Json;
using TinyLM.Model.Storage;

namespace TinyLM.Model.Runs;

/// <summary>What a person asked of a run later: the content of <c>extension.json</c>, since <c>run.json</c> never changes.</summary>
/// <remarks>The learning rate follows its first plan to the end and then stays where that plan ended.</remarks>
public sealed record RunExtension
{
    /// <summary>Steps in all; 0 for as many as <c>run.json</c> says.</summary>
    public int Steps { get; init; }

    /// <summary>What the learning rate of the plan is multiplied by.</summary>
    public double LearningRateFactor { get; init; } = 1;

    /// <summary>Most steps that a run can have.</summary>
    public const int MostSteps = 100_000_000;

    /// <summary>Steps that a run is to do: those of its extension, else those that it was asked for.</summary>
    /// <exception cref="InvalidDataException">The extension is damaged.</exception>
    public static int StepsOf(RunFolder run, RunSpec spec)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(spec);
        return Math.Max(Read(run).Steps, spec.Training.Steps);
    }

    /// <summary>The extension of a run; one that changes nothing where there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static RunExtension Read(RunFolder run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (!File.Exists(run.ExtensionPath)) return new RunExtension();
        try
        {
            var extension = JsonSerializer.Deserialize<RunExtension>(File.ReadAllText(run.ExtensionPath), RunJson.Indented) ?? new RunExtension();
            return extension.LearningRateFactor is > 0 and <= 1 ? extension : throw new InvalidDataException($"extension.json is damaged: the learning rate's factor is {extension.LearningRateFactor}; it must be above 0 and at most 1.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"extension.json is damaged: expected {{\"steps\": number}}. Delete it to go by run.json alone. {e.Message}", e);
        }
    }

    /// <summary>Keeps the extension of a run.</summary>
    /// <exception cref="IOException">The disk refuses; what held before holds.</exception>
    public void Write(RunFolder run)
    {
        ArgumentNullException.ThrowIfNull(run);
        DurableFile.WriteAllText(run.ExtensionPath, JsonSerializer.Serialize(this, RunJson.Indented), run.Files);
    }
}
