using System.Globalization;

namespace TinyLM.Model.Runs;

/// <summary>The memory of this machine, or of the container that this process lives in.</summary>
public static class SystemMemory
{
    private const string MemInfo = "/proc/meminfo";

    /// <summary>Bytes that this process may still take before others are pushed out or the system kills it.</summary>
    /// <remarks>On Linux what the kernel calls MemAvailable, which counts caches that it would give up; elsewhere, and in a container, all of it but what this process has.</remarks>
    public static long AvailableBytes()
    {
        var rest = Math.Max(0, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet);
        return KernelsWord() is { } available ? Math.Min(rest, available) : rest;
    }

    private static long? KernelsWord()
    {
        if (!File.Exists(MemInfo)) return null;
        foreach (var line in File.ReadLines(MemInfo))
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["MemAvailable:", var kibibytes, ..] && long.TryParse(kibibytes, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return value * 1024;
        return null;
    }
}
