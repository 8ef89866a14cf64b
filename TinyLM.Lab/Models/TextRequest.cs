using TinyLM.Model.Generation;
using TinyLM.Model.Generation.Constraints;

namespace TinyLM.Lab.Models;

/// <summary>What a model is asked to write. Equal requests to one model give equal texts, on pages, on the command line and over HTTP.</summary>
public sealed record TextRequest
{
    /// <summary>Stop strings at most.</summary>
    public const int MostStops = 16;

    /// <summary>Characters of a prompt at most: far beyond what any context holds, and far below what would hold up the lab.</summary>
    public const int LongestPrompt = 1_000_000;

    /// <summary>Alternatives at each place at most.</summary>
    public const int MostAlternatives = 100;

    /// <summary>What to continue; empty begins a new document.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>The prompt in tokens, in place of <see cref="Prompt"/>, for programs that have cut it themselves; null for text.</summary>
    public IReadOnlyList<int>? PromptIds { get; init; }

    /// <summary>The token that ends the text; null for the one that ends documents.</summary>
    public int? EndId { get; init; }

    /// <summary>Tokens that were written after the prompt before, to go on from.</summary>
    public IReadOnlyList<int> Written { get; init; } = [];

    /// <summary>Temperature, length, seed and the like.</summary>
    public SamplingSettings Settings { get; init; } = new();

    /// <summary>The text ends before the first of these that it would contain.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>What the text must be; null for anything.</summary>
    public TextConstraint? Constraint { get; init; }

    /// <summary>How many of the likeliest tokens to tell of at each place.</summary>
    public int Alternatives { get; init; }

    /// <summary>Every broken rule, worded for whoever asks; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = Settings.Validate().ToList();
        if (Prompt.Length > LongestPrompt) problems.Add($"The prompt has {Prompt.Length:N0} characters; at most {LongestPrompt:N0} are read. Shorten it: a model sees no more than the last tokens that fit its context.");
        if (Stop.Count > MostStops) problems.Add($"There are {Stop.Count} stop strings; at most {MostStops} are looked for.");
        if (Stop.Any(string.IsNullOrEmpty)) problems.Add("A stop string is empty; it would stop every text before it begins.");
        if (Alternatives is < 0 or > MostAlternatives) problems.Add($"{Alternatives} alternatives are asked for; it must be between 0 and {MostAlternatives}.");
        if (Constraint?.Problem() is { } problem) problems.Add(problem);
        return problems;
    }

    /// <summary>Throws where a rule is broken.</summary>
    /// <exception cref="ArgumentException">The rules that are broken.</exception>
    internal void EnsureSound()
    {
        if (Validate() is [_, ..] problems) throw new ArgumentException(string.Join(" ", problems));
    }
}
