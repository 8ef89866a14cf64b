using System.Globalization;

namespace TinyLM.Model.Runs;

/// <summary>What NVIDIA's driver tells of a graphics card; each null where it does not.</summary>
/// <param name="Utilization">Part of the last period in which something ran on it, from 0 to 1.</param>
/// <param name="MemoryBytes">Memory in use, by all programs.</param>
/// <param name="Temperature">Of the core, degrees Celsius.</param>
/// <param name="Power">Watts.</param>
public sealed record GpuReading(double? Utilization, long? MemoryBytes, double? Temperature, double? Power)
{
    /// <summary>What <c>nvidia-smi --query-gpu</c> is asked for, in the order of <see cref="Parse"/>.</summary>
    internal const string Query = "utilization.gpu,memory.used,temperature.gpu,power.draw";

    /// <summary>Reads a line of <c>nvidia-smi --query-gpu=… --format=csv,noheader,nounits</c>: <c>87, 20364, 61, 412.35</c>.</summary>
    /// <remarks>Per cent, MiB, °C and W (nvidia-smi's manual, "Selective query options"). What a device does not tell stands in brackets: <c>[N/A]</c>, <c>[Not Supported]</c>, <c>[Unknown Error]</c>.</remarks>
    /// <returns>Null where the line has another form or tells nothing.</returns>
    internal static GpuReading? Parse(string line)
    {
        var parts = line.Split(',');
        if (parts.Length != 4) return null;
        var numbers = Array.ConvertAll(parts, Number);
        return numbers.All(number => number is null)
            ? null
            : new GpuReading(numbers[0] / 100, numbers[1] is { } mebibytes ? (long)mebibytes << 20 : null, numbers[2], numbers[3]);
    }

    private static double? Number(string part) =>
        double.TryParse(part.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
}
