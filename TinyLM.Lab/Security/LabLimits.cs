namespace TinyLM.Lab.Security;

/// <summary>What a lab gives to its visitors at most. A person is a browser; the limits keep a class fair and are no wall against attackers.</summary>
public sealed record LabLimits
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Lab:Limits";

    /// <summary>Pages that are open at once, of all people together.</summary>
    public int Circuits { get; init; } = 100;

    /// <summary>Texts that a person lets models write in a minute, where the lab is open to the network.</summary>
    public int TextsPerMinute { get; init; } = 100;

    /// <summary>Tokens of a text that a viewer asks for.</summary>
    public int LongestText { get; init; } = 4_000;

    /// <summary>Files that a person adds in an hour, where the lab is open to the network.</summary>
    public int UploadsPerHour { get; init; } = 50;

    /// <summary>Trainings that a person starts in an hour, where the lab is open to the network; each run of a sweep counts.</summary>
    public int StartsPerHour { get; init; } = 100;

    /// <summary>Every broken rule; empty when sound.</summary>
    public IReadOnlyList<string> Validate() =>
    [
        .. from limit in (IEnumerable<(string Name, int Value)>)[(nameof(Circuits), Circuits), (nameof(TextsPerMinute), TextsPerMinute), (nameof(LongestText), LongestText), (nameof(UploadsPerHour), UploadsPerHour), (nameof(StartsPerHour), StartsPerHour)]
           where limit.Value < 1
           select $"{Section}:{limit.Name} is {limit.Value}; expected at least 1.",
    ];
}
