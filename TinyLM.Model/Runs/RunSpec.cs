using System.Text.Json;
using TinyLM.Model.Architectures;
using TinyLM.Model.Training;

namespace TinyLM.Model.Runs;

/// <summary>Everything that a run was asked to do: the content of <c>run.json</c> and what <c>train --spec</c> reads.</summary>
public sealed record RunSpec
{
    /// <summary>Version of this format.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Version of this format in the file; 1.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>What a person calls the run; never used as a path.</summary>
    public string Name { get; init; } = "";

    /// <summary>The preset that the settings started from, if any.</summary>
    public string? Preset { get; init; }

    /// <summary>The model whose weights the run begins with, <c>model/&lt;id&gt;</c>, <c>run/&lt;id&gt;</c> or <c>run/&lt;id&gt;@&lt;step&gt;</c>; null for random ones.</summary>
    public string? StartFrom { get; init; }

    /// <summary>The runs that it was launched together with; null for none.</summary>
    public GroupSpec? Group { get; init; }

    /// <summary>What the model reads.</summary>
    public DataSpec Data { get; init; } = new();

    /// <summary>How the text is cut into tokens.</summary>
    public TokenizerSpec Tokenizer { get; init; } = new();

    /// <summary>Shape of the model. Its vocabulary size is always that of <see cref="Tokenizer"/>.</summary>
    public ModelConfig Model { get; init; } = new();

    /// <summary>How it is trained.</summary>
    public TrainingConfig Training { get; init; } = new();

    /// <summary>Prompts that the model continues during training; an empty prompt starts a new document.</summary>
    public IReadOnlyList<string> SamplePrompts { get; init; } = [""];

    /// <summary>Whether the curves are written as TensorBoard event files too, as the run goes on.</summary>
    public bool TensorBoard { get; init; }

    /// <summary>Why the training cannot fit into some memory, in words; null where it may.</summary>
    /// <remarks>By what it surely needs and not by the estimate of <see cref="WorkerMemory"/>, which may be too high: nothing is refused that would fit.</remarks>
    /// <param name="bytes">Bytes that are there for it.</param>
    public string? MemoryProblem(long bytes)
    {
        var needed = ModelArithmetic.TrainingBytes(Model, Training.BatchSize, Training.SequenceLength, Training.Activations == ActivationStorage.Recompute);
        return needed <= bytes ? null : string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"The training needs at least {needed / 1e9:0.#} GB of memory and {bytes / 1e9:0.#} GB are there. Take a smaller batch size (with more gradient accumulation), a shorter sequence, activations that are computed again, or a smaller model.");
    }

    /// <summary>Every broken rule, worded for the person filling the form; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (Version != CurrentVersion) problems.Add($"The spec has version {Version}; this lab reads version {CurrentVersion}.");
        if (Name.Length > 200) problems.Add($"The name has {Name.Length} characters; it may have 200.");
        if (SamplePrompts.Count > 16) problems.Add($"There are {SamplePrompts.Count} sample prompts; there may be 16.");
        problems.AddRange(Data.Validate());
        if (Data.Tokens is null) problems.AddRange(Tokenizer.Validate());
        problems.AddRange(Model.Validate());
        problems.AddRange(Training.Validate(Model.ContextLength));
        if (Data.Tokens is null && Model.VocabularySize != Tokenizer.VocabularySize)
            problems.Add($"The model's vocabulary size is {Model.VocabularySize} and the tokenizer's {Tokenizer.VocabularySize}; they must be equal.");
        return problems;
    }

    /// <summary>Reads a spec, naming the file and the place of anything unknown or malformed.</summary>
    /// <exception cref="InvalidDataException">The text is not a spec; the message says what and where.</exception>
    public static RunSpec Parse(string json, string source)
    {
        try
        {
            return JsonSerializer.Deserialize<RunSpec>(json, RunJson.Strict) ?? throw new InvalidDataException($"{source}: expected a JSON object with the settings of a run, found null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{source}, line {e.LineNumber + 1}, at {e.Path}: {e.Message}", e);
        }
    }

    /// <summary>The spec as indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Indented);
}
