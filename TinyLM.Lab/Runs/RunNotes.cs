using System.Text.Json;
using System.Text.Json.Serialization;

namespace TinyLM.Lab.Runs;

/// <summary>What people added to a run: the content of <c>notes.json</c>.</summary>
public sealed record RunNotes
{
    /// <summary>Longest note, in characters.</summary>
    public const int LongestNote = 20_000;

    /// <summary>The name that a person gave it later; null: the one in <c>run.json</c> holds.</summary>
    public string? Name { get; init; }

    /// <summary>What a person wrote about it.</summary>
    public string? Notes { get; init; }

    /// <summary>Its tags.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunTags? Tags { get; init; }

    /// <summary>Whether it is one of those that matter.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Star { get; init; }

    /// <summary>Whether it is put away: lists leave it out unless they are asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Archived { get; init; }

    /// <summary>Number of the colour that a person chose for it in comparisons, from 0; null: whichever is free.</summary>
    public int? Color { get; init; }

    /// <summary>What other versions of the lab keep there; written back as it was.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}
