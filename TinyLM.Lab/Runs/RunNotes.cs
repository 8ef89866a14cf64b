using System.Text.Json;
using System.Text.Json.Serialization;

namespace TinyLM.Lab.Runs;

/// <summary>What people added to a run: the content of <c>notes.json</c>.</summary>
internal sealed record RunNotes
{
    /// <summary>The name that a person gave it later; null: the one in <c>run.json</c> holds.</summary>
    public string? Name { get; init; }

    /// <summary>What other versions of the lab keep there; written back as it was.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}
