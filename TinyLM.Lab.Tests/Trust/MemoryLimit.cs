using System.Globalization;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>A bound on the memory of some processes, kept by the kernel (a control group), as only root may set one on Linux.</summary>
internal sealed class MemoryLimit : IDisposable
{
    private static readonly string[] s_settings = ["memory.limit_in_bytes", "memory.max"]; // of the first and second kind of control groups

    private readonly string _group;

    private MemoryLimit(string group) => _group = group;

    /// <summary>Sets a bound; skips the test, in words, where the system has none to give.</summary>
    public static MemoryLimit Of(long bytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Bounds the memory of a process, which only root may, on Linux.");
        var top = Directory.Exists("/sys/fs/cgroup/memory") ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup";
        var group = Path.Combine(top, $"tinylm-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(group);
            var setting = s_settings.Select(name => Path.Combine(group, name)).FirstOrDefault(File.Exists);
            if (setting is null) Directory.Delete(group);
            Assert.SkipWhen(setting is null, $"{top} gives no group a bound of memory.");
            File.WriteAllText(setting!, bytes.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"{top} makes no groups here: {e.Message}");
        }

        return new MemoryLimit(group);
    }

    /// <summary>Binds a process.</summary>
    public void Bind(int processId) => File.WriteAllText(Path.Combine(_group, "cgroup.procs"), processId.ToString(CultureInfo.InvariantCulture));

    /// <summary>Only once its processes have left.</summary>
    public void Dispose() => Directory.Delete(_group);
}
