using System.Text.Json;
using TinyLM.Model.Storage;

namespace TinyLM.Model.Runs;

/// <summary>More steps than a run was first asked for: the content of <c>extension.json</c>, since <c>run.json</c> never changes.</summary>
/// <remarks>The learning rate follows its first plan to the end and then stays where that plan ended.</remarks>
/// <param name="Steps">Steps in all.</param>
public sealed record RunExtension(int Steps)
{
    /// <summary>Most steps that a run can have.</summary>
    public const int MostSteps = 100_000_000;

    /// <summary>Steps that a run is to do: those of its extension, else those that it was asked for.</summary>
    /// <exception cref="InvalidDataException">The extension is damaged.</exception>
    public static int StepsOf(RunFolder run, RunSpec spec)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(spec);
        if (!File.Exists(run.ExtensionPath)) return spec.Training.Steps;
        try
        {
            var extension = JsonSerializer.Deserialize<RunExtension>(File.ReadAllText(run.ExtensionPath), RunJson.Indented);
            return Math.Max(extension?.Steps ?? 0, spec.Training.Steps);
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
        DurableFile.WriteAllText(run.ExtensionPath, JsonSerializer.Serialize(this, RunJson.Indented));
    }
}
