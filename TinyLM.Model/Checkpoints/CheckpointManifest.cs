using System.Security.Cryptography;
using System.Text;

namespace TinyLM.Model.Checkpoints;

/// <summary>The SHA-256 sums of a checkpoint's files, written last, so that a folder with a manifest is a whole one.</summary>
/// <remarks>In the form of <c>sha256sum</c>: <c>sha256sum -c SHA256SUMS</c> checks a folder without the lab.</remarks>
internal static class CheckpointManifest
{
    /// <summary>Name of the manifest.</summary>
    public const string FileName = "SHA256SUMS";

    private const int HexLength = 64;

    /// <summary>Sums up all files of a folder and writes the manifest.</summary>
    public static void Write(string folder) => File.WriteAllText(Path.Combine(folder, FileName), SumsOf(folder));

    /// <summary>The manifest of the files that are in a folder now.</summary>
    public static string SumsOf(string folder)
    {
        var lines = new StringBuilder();
        foreach (var name in Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Where(name => name != FileName).Order(StringComparer.Ordinal))
            lines.Append(Sum(Path.Combine(folder, name))).Append("  ").Append(name).Append('\n');
        return lines.ToString();
    }

    /// <summary>Checks every file that the manifest names.</summary>
    /// <param name="folder">The checkpoint.</param>
    /// <param name="needed">Files that it must name.</param>
    /// <exception cref="CheckpointException">A file is missing or damaged, or there is no sound manifest.</exception>
    public static void Verify(string folder, params IReadOnlyList<string> needed)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new CheckpointException($"{folder} holds no {FileName}; it is no whole checkpoint.");
        try
        {
            var named = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (index, line) in File.ReadAllLines(path).Index())
            {
                var name = line.Length > HexLength + 2 ? line[(HexLength + 2)..] : "";
                if (name.Length == 0 || line[HexLength..(HexLength + 2)] != "  " || name != Path.GetFileName(name) || !named.Add(name))
                    throw new CheckpointException($"{path}, line {index + 1}: expected 64 hex digits, two blanks and a file's name, each file once.");
                if (!string.Equals(Sum(Path.Combine(folder, name)), line[..HexLength], StringComparison.OrdinalIgnoreCase))
                    throw new CheckpointException($"{Path.Combine(folder, name)} is damaged: its SHA-256 is not the one that was written down.");
            }
            if (needed.FirstOrDefault(name => !named.Contains(name)) is { } missing) throw new CheckpointException($"{path} does not name {missing}; the checkpoint is not whole.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{folder} cannot be read: {e.Message}", e);
        }
    }

    private static string Sum(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
