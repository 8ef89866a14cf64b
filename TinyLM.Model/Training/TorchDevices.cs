using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Training;

/// <summary>The devices that TorchSharp can train on here.</summary>
public static class TorchDevices
{
    /// <summary>Looks for devices and measures a small fp32 matrix product on each. Loads TorchSharp's native library: for the worker only.</summary>
    /// <returns>A report; a library that does not load is told in its <see cref="DeviceReport.Problem"/>.</returns>
    public static DeviceReport Describe()
    {
        if (TorchLibrary.Problem is { } problem) return new DeviceReport { Devices = [], Problem = problem, TorchSharpVersion = TorchLibrary.Version };
        try
        {
            return new DeviceReport { Devices = [.. Accelerators(), Processor()], TorchSharpVersion = TorchLibrary.Version };
        }
        catch (Exception e)
        {
            return new DeviceReport { Devices = [], Problem = $"Looking for devices failed: {e.Message.Split('\n')[0]}", TorchSharpVersion = TorchLibrary.Version };
        }
    }

    /// <summary>The device that a setting means.</summary>
    /// <param name="setting"><c>auto</c>, <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, <c>mps</c>.</param>
    /// <returns><c>cpu</c>, <c>cuda:0</c>, <c>mps</c>.</returns>
    /// <exception cref="InvalidOperationException">This machine has no such device, or TorchSharp does not load; in words.</exception>
    internal static string Resolve(string setting)
    {
        if (TorchLibrary.Problem is { } problem) throw new InvalidOperationException(problem);
        switch (setting)
        {
            case "cpu":
                return "cpu";
            case "auto":
                return cuda.is_available() ? "cuda:0" : HasMps() ? "mps" : "cpu";
            case "mps":
                return HasMps() ? "mps" : throw new InvalidOperationException("The run asks for the device mps, which Macs with Apple's processors have. Choose auto or cpu.");
            default:
                var index = setting == "cuda" ? 0 : int.Parse(setting.AsSpan("cuda:".Length), CultureInfo.InvariantCulture);
                var count = cuda.is_available() ? cuda.device_count() : 0;
                return index < count ? $"cuda:{index}" : throw new InvalidOperationException(
                    $"The run asks for the device {setting}; CUDA devices found: {count}. Choose auto or cpu, or build with -p:TorchBackend=cuda and install NVIDIA's driver.");
        }
    }

    /// <summary>A device's name for people.</summary>
    /// <param name="id">As <see cref="Resolve"/> gives it.</param>
    internal static string NameOf(string id) => id switch
    {
        "cpu" => $"{ProcessorName()}, {Environment.ProcessorCount} threads",
        "mps" => "Apple GPU",
        _ => NvidiaSmi().ElementAtOrDefault(int.Parse(id.AsSpan("cuda:".Length), CultureInfo.InvariantCulture)).Name ?? $"CUDA device {id}",
    };

    private static bool HasMps() => OperatingSystem.IsMacOS() && mps_is_available();

    private static IEnumerable<TrainingDevice> Accelerators()
    {
        if (cuda.is_available())
        {
            var known = NvidiaSmi();
            for (var index = 0; index < cuda.device_count(); index++)
            {
                var (name, memory) = known.ElementAtOrDefault(index);
                yield return new TrainingDevice { Id = $"cuda:{index}", Name = name ?? $"CUDA device {index}", MemoryBytes = memory, FlopsPerSecond = Measure($"cuda:{index}") };
            }
        }
        if (HasMps())
            yield return new TrainingDevice { Id = "mps", Name = "Apple GPU", MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, FlopsPerSecond = Measure("mps") };
    }

    private static TrainingDevice Processor() => new()
    {
        Id = "cpu",
        Name = NameOf("cpu"),
        MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        FlopsPerSecond = MeasureProcessor(),
    };

    /// <summary>The best of several measures with pauses between: whatever else the machine does at this moment, a browser that starts for one, only takes away from it.</summary>
    private static double MeasureProcessor()
    {
        const int Measures = 8;
        var best = Measure("cpu");
        for (var i = 1; i < Measures; i++)
        {
            Thread.Sleep(100);
            best = Math.Max(best, Measure("cpu", budget: 0.05));
        }
        return best;
    }

    /// <summary>A product of the size that a small model has.</summary>
    /// <param name="id">The device.</param>
    /// <param name="budget">Seconds that it may take.</param>
    private static double Measure(string id, double budget = 0.1) => MatrixProductRate.Measure(device(id), float32, rows: 1024, inner: 256, columns: 1024, budget);

    private static string ProcessorName()
    {
        try
        {
            if (OperatingSystem.IsLinux() && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line)
                return line[(line.IndexOf(':') + 1)..].Trim();
            if (OperatingSystem.IsMacOS()) return Output("sysctl", "-n", "machdep.cpu.brand_string").Trim() is { Length: > 0 } name ? name : "Processor";
        }
        catch (IOException)
        {
        }
        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "Processor";
    }

    /// <summary>Names and memory of NVIDIA's devices: TorchSharp tells neither.</summary>
    private static List<(string? Name, long MemoryBytes)> NvidiaSmi()
    {
        var devices = new List<(string?, long)>();
        foreach (var line in Output("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            if (line.LastIndexOf(',') is > 0 and var comma && long.TryParse(line.AsSpan(comma + 1), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var mebibytes))
                devices.Add((line[..comma].Trim(), mebibytes << 20));
        return devices;
    }

    /// <summary>What a program of the system prints; empty where there is none or it takes long.</summary>
    private static string Output(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
            if (process is null) return "";
            var output = process.StandardOutput.ReadToEndAsync();
            if (process.WaitForExit(TimeSpan.FromSeconds(5))) return output.GetAwaiter().GetResult();
            process.Kill();
            return "";
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            return "";
        }
    }
}
