namespace TinyLM.Model.Runs;

/// <summary>Runs that were launched together to see what some settings do: a sweep.</summary>
public sealed record GroupSpec
{
    /// <summary>The same in every run of the group; safe as part of an address.</summary>
    public required string Id { get; init; }

    /// <summary>What a person calls the group.</summary>
    public string Name { get; init; } = "";

    /// <summary>The settings that differ on purpose, by their places in <c>run.json</c>: <c>training.learningRate</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
