using TinyLM.Lab.Models;
using TinyLM.Model.Generation;
using TinyLM.Model.Generation.Constraints;

namespace TinyLM.Lab.Studio;

/// <summary>What a person has set for the next writing.</summary>
public sealed record StudioDraft
{
    /// <summary>Tokens at each place that can be looked at and taken.</summary>
    private const int Alternatives = 12;

    /// <summary>Who writes; null until a model is chosen.</summary>
    public ModelReference? Model { get; init; }

    /// <summary>What the model continues.</summary>
    public string Prompt { get; init; } = "Once upon a time";

    /// <summary>Temperature, length, seed and the like.</summary>
    public SamplingSettings Settings { get; init; } = new() { MaxTokens = 120 };

    /// <summary>Whether each writing draws a seed of its own.</summary>
    public bool NewSeedEachTime { get; init; } = true;

    /// <summary>Stop strings, one a line; <c>\n</c> stands for a line break.</summary>
    public string Stops { get; init; } = "";

    /// <summary>Texts that are written at once.</summary>
    public int SampleCount { get; init; } = 1;

    /// <summary>In which words the constraint is said; null for none.</summary>
    public ConstraintKind? ConstraintKind { get; init; }

    /// <summary>The constraint.</summary>
    public string ConstraintText { get; init; } = "";

    /// <summary>The request for a text that has some tokens already.</summary>
    public TextRequest Request(string prompt, IReadOnlyList<StudioToken> written) => new()
    {
        Prompt = prompt,
        Written = [.. written.Select(token => token.Id)],
        Settings = Settings,
        Stop = [.. Stops.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(stop => stop.Replace("\\n", "\n", StringComparison.Ordinal))],
        Constraint = ConstraintKind is { } kind ? new TextConstraint(kind, ConstraintText) : null,
        Alternatives = Alternatives,
    };

    /// <summary>Every broken rule in words; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = Request(Prompt, []).Validate().ToList();
        if (SampleCount is < 1 or > 16) problems.Add($"The number of texts is {SampleCount}; it must be between 1 and 16.");
        return problems;
    }
}
