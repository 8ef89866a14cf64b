using TinyLM.Lab.Models;
using TinyLM.Model.Generation;

namespace TinyLM.Lab.Studio;

/// <summary>One side of a comparison: a model and a temperature.</summary>
/// <param name="Model">Who writes; null until one is chosen.</param>
/// <param name="Temperature">Softmax temperature.</param>
public sealed record ComparedSide(ModelReference? Model, double Temperature);

/// <summary>What is compared: the same prompt and seeds on every side.</summary>
public sealed record ComparisonRequest
{
    /// <summary>Sides at least and at most.</summary>
    public const int FewestSides = 2, MostSides = 4;

    /// <summary>What all continue.</summary>
    public string Prompt { get; init; } = "Once upon a time";

    /// <summary>The sides, from left to right.</summary>
    public IReadOnlyList<ComparedSide> Sides { get; init; } = [];

    /// <summary>The first seed; each further row has the next.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Texts of each side.</summary>
    public int Rows { get; init; } = 2;

    /// <summary>Most tokens of each text.</summary>
    public int MaxTokens { get; init; } = 60;

    /// <summary>The request of a side for a row.</summary>
    public TextRequest Request(ComparedSide side, int row) => new()
    {
        Prompt = Prompt,
        Settings = new SamplingSettings { Temperature = side.Temperature, MaxTokens = MaxTokens, Seed = unchecked(Seed + (ulong)row) },
    };

    /// <summary>Every broken rule in words; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (Rows is < 1 or > 8) problems.Add($"The number of seeds is {Rows}; it must be between 1 and 8.");
        foreach (var problem in Sides.SelectMany(side => Request(side, 0).Validate()).Distinct()) problems.Add(problem);
        return problems;
    }
}

/// <summary>A text of a comparison as far as it has got.</summary>
/// <param name="Tokens">What was written.</param>
/// <param name="Problem">Why it could not go on, in words; null where all is well.</param>
/// <param name="IsWriting">Whether more comes.</param>
public sealed record ComparedText(IReadOnlyList<StudioToken> Tokens, string? Problem, bool IsWriting);
