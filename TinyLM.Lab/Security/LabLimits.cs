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

    /// <summary>Bytes of a file, or of the files of a model, that come from a browser.</summary>
    public long LargestUpload { get; init; } = 50_000_000_000;

    /// <summary>Trainings that a person starts in an hour, where the lab is open to the network; each run of a sweep counts.</summary>
    public int StartsPerHour { get; init; } = 100;

    /// <summary>Refuses what is larger than <see cref="LargestUpload"/> before any of it is read.</summary>
    /// <exception cref="LimitReachedException">It is.</exception>
    public void CheckUpload(long bytes)
    {
        if (bytes > LargestUpload) throw new LimitReachedException($"It has {bytes:N0} bytes, and the lab takes {LargestUpload:N0} at most. Send less, or raise {Section}:{nameof(LargestUpload)} in the lab's settings.");
    }

    /// <summary>Every broken rule; empty when sound.</summary>
    public IReadOnlyList<string> Validate() =>
    [
        .. from limit in (IEnumerable<(string Name, long Value)>)[(nameof(Circuits), Circuits), (nameof(TextsPerMinute), TextsPerMinute), (nameof(LongestText), LongestText), (nameof(UploadsPerHour), UploadsPerHour), (nameof(StartsPerHour), StartsPerHour), (nameof(LargestUpload), LargestUpload)]
           where limit.Value < 1
           select $"{Section}:{limit.Name} is {limit.Value}; expected at least 1.",
    ];
}
