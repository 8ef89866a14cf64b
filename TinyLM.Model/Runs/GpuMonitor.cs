using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace TinyLM.Model.Runs;

/// <summary>Keeps the newest word of NVIDIA's driver about one graphics card: <c>nvidia-smi</c> goes on telling while this lives.</summary>
internal sealed class GpuMonitor : IDisposable
{
    private readonly Process? _process;
    private volatile GpuReading? _newest;

    /// <param name="device"><c>cuda:0</c> and so on.</param>
    public GpuMonitor(string device)
    {
        var index = int.Parse(device.AsSpan("cuda:".Length), CultureInfo.InvariantCulture);
        try
        {
            _process = Process.Start(new ProcessStartInfo("nvidia-smi", Arguments(index, Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES"))) { RedirectStandardOutput = true, RedirectStandardError = true });
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return; // no driver, or not in the path: nothing is told
        }
        if (_process is null) return;
        _process.OutputDataReceived += (_, line) => _newest = GpuReading.Parse(line.Data ?? "") ?? _newest;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What was told last; null before the first word and where there is none.</summary>
    public GpuReading? Newest => _newest;

    /// <summary>How nvidia-smi is asked; CUDA counts the devices that it may see, nvidia-smi all of them.</summary>
    /// <param name="index">CUDA's number of the device.</param>
    /// <param name="visible">What <c>CUDA_VISIBLE_DEVICES</c> says: numbers or UUIDs with commas between them.</param>
    internal static string[] Arguments(int index, string? visible)
    {
        var name = string.IsNullOrWhiteSpace(visible) ? null : visible.Split(',').ElementAtOrDefault(index)?.Trim();
        return [$"--id={name ?? index.ToString(CultureInfo.InvariantCulture)}", $"--query-gpu={GpuReading.Query}", "--format=csv,noheader,nounits", "--loop=2"];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_process is null) return;
        try
        {
            _process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has ended by itself.
        }
        _process.Dispose();
    }
}
