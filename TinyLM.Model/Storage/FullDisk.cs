namespace TinyLM.Model.Storage;

/// <summary>Tells a full disk from other troubles: .NET has no type of exception for it.</summary>
public static class FullDisk
{
    /// <summary>Whether a call failed because the disk, or what this user may take of it, is full.</summary>
    /// <remarks>ENOSPC is 28 everywhere; EDQUOT is 122 on Linux and 69 on macOS; Windows says ERROR_DISK_FULL (112) or ERROR_HANDLE_DISK_FULL (39) in the lower half of an HRESULT.</remarks>
    public static bool Is(Exception e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return e is IOException && (OperatingSystem.IsWindows()
            ? unchecked((uint)e.HResult) is 0x8007_0070 or 0x8007_0027
            : e.HResult == NoSpace || e.HResult == unchecked((int)0x8007_0070) || e.HResult == (OperatingSystem.IsMacOS() ? 69 : 122));
    }

    /// <summary>What the system says when there is no room: ENOSPC.</summary>
    internal const int NoSpace = 28;
}
