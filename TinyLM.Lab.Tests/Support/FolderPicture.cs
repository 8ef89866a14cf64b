using System.Security.Cryptography;

namespace TinyLM.Lab.Tests.Support;

/// <summary>What lies in a folder, but for one folder within: names, kinds and contents.</summary>
internal static class FolderPicture
{
    /// <summary>Takes the picture.</summary>
    /// <param name="top">The folder.</param>
    /// <param name="except">The folder within that may change.</param>
    public static IReadOnlyList<string> Of(string top, string except) =>
    [
        .. from path in Directory.EnumerateFileSystemEntries(top, "*", SearchOption.AllDirectories)
           where path != except && !path.StartsWith(except + Path.DirectorySeparatorChar, StringComparison.Ordinal)
           orderby path
           select File.Exists(path) ? $"{path}: {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}" : path,
    ];
}
