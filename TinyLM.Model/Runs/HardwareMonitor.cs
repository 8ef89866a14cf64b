using System.Diagnostics;

namespace TinyLM.Model.Runs;

/// <summary>Looks now and then at how busy this process keeps the machine.</summary>
internal sealed class HardwareMonitor : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _clock;
    private readonly GpuMonitor? _gpu;
    private TimeSpan _used;
    private long _since;

    /// <param name="device">Where the run trains.</param>
    /// <param name="clock">Tells when to look.</param>
    public HardwareMonitor(string device, TimeProvider clock)
    {
        _clock = clock;
        _gpu = device.StartsWith("cuda:", StringComparison.Ordinal) ? new GpuMonitor(device) : null;
        (_used, _since) = (Environment.CpuUsage.TotalTime, clock.GetTimestamp());
    }

    /// <summary>What is seen; null where the last look was just now.</summary>
    public HardwareReading? Look()
    {
        var passed = _clock.GetElapsedTime(_since);
        if (passed < s_interval) return null;
        var used = Environment.CpuUsage.TotalTime;
        var reading = new HardwareReading
        {
            Processors = Math.Round((used - _used) / passed, 3),
            MemoryBytes = Environment.WorkingSet,
            PeakMemoryBytes = PeakWorkingSet(),
            Gpu = _gpu?.Newest,
        };
        (_used, _since) = (used, _clock.GetTimestamp());
        return reading;
    }

    /// <summary>VmHWM on Linux.</summary>
    private static long PeakWorkingSet()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    /// <inheritdoc/>
    public void Dispose() => _gpu?.Dispose();
}
