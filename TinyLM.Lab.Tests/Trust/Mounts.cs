using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>Real file systems for tests that only root may do, on Linux.</summary>
internal sealed partial class Mounts : IDisposable
{
    private const int PathOnly = 0; // O_RDONLY
    private readonly TemporaryFolder _folder;

    private Mounts(TemporaryFolder folder)
    {
        _folder = folder;
        Path = Directory.CreateDirectory(folder["mounted"]).FullName;
    }

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>Skips the test, in words, where file systems cannot be mounted.</summary>
    public static void SkipUnlessRoot()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Mounts a file system, as only Linux is told to here.");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Mounts a file system, which only root may.");
    }

    /// <summary>A file system in memory.</summary>
    public static Mounts Memory(int megabytes)
    {
        var mount = new Mounts(new TemporaryFolder());
        if (Do("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tinylm", mount.Path) is { } problem)
        {
            mount._folder.Dispose();
            Assert.Skip($"A file system in memory cannot be mounted here: {problem}");
        }

        return mount;
    }

    /// <summary>An ext4 file system in a file.</summary>
    public static Mounts Ext4(int megabytes)
    {
        var folder = new TemporaryFolder();
        var mount = new Mounts(folder);
        using (var image = File.Create(folder["image"])) image.SetLength(megabytes * 1_000_000L);
        if ((Do("mkfs.ext4", "-q", folder["image"]) ?? mount.Attach()) is { } problem)
        {
            folder.Dispose();
            Assert.Skip($"An ext4 file system in a file cannot be mounted here: {problem}");
        }

        return mount;
    }

    /// <summary>Cuts the power: nothing that is not on the disk gets there any more, the journal neither. Then the file system is mounted again.</summary>
    public void CutPower()
    {
        const uint ShutDown = 0x8004587d; // EXT4_IOC_SHUTDOWN
        var (how, descriptor) = (2, Open(Path, PathOnly)); // without the log
        Assert.True(descriptor >= 0 && Control(descriptor, ShutDown, ref how) == 0, $"ext4 was not shut down (error {Marshal.GetLastPInvokeError()}).");
        _ = Close(descriptor);
        Assert.Null(Do("umount", Path));
        Assert.Null(Attach());
    }

    public void Dispose()
    {
        var problem = Do("umount", Path);
        _folder.Dispose();
        Assert.Null(problem);
    }

    private string? Attach() => Do("mount", "-o", "loop", _folder["image"], Path);

    /// <summary>Runs a program of the system.</summary>
    /// <returns>What went wrong; null where nothing did.</returns>
    private static string? Do(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{program}: {error.Trim()} ({process.ExitCode})";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"{program}: {e.Message}";
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int descriptor, nuint request, ref int how);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
