namespace TinyLM.Lab.Runs;

/// <summary>Which device a run gets: the one that it names or, where it asks for any, the first free one of the best kind.</summary>
internal static class DeviceChoice
{
    /// <summary>Whether a device is free for a run.</summary>
    /// <param name="asked">What the run asks for: a device, <c>cuda</c> or <c>auto</c>.</param>
    /// <param name="all">The machine's devices, the best first; none where they are not known yet.</param>
    /// <param name="taken">Devices on which runs train; null for one that nobody knows yet.</param>
    /// <param name="device">The device that was found, where the run asks for any; null: as it asks.</param>
    public static bool TryFind(string asked, IReadOnlyList<string> all, IReadOnlyList<string?> taken, out string? device)
    {
        device = null;
        var kind = asked == "auto" ? all is [var best, ..] ? KindOf(best) : null : asked == "cuda" ? asked : null;
        if (kind is null) return asked == "auto" ? taken is [] : IsFree(asked); // nobody knows yet which "auto" is
        device = all.FirstOrDefault(one => KindOf(one) == kind && IsFree(one));
        return device is not null;

        bool IsFree(string one) => taken.All(other => other is not null && other != one);
    }

    private static string KindOf(string device) => device.Split(':')[0];
}
