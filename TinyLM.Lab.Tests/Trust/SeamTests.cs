using System.Text.RegularExpressions;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>What writes runs goes through <see cref="TinyLM.Model.Storage.IFileSystem"/>, or a test of these could not reach it.</summary>
public sealed partial class SeamTests
{
    /// <summary>The index is not the truth, and LiteDB writes it by itself.</summary>
    private static readonly string[] s_exempt = ["RunIndex.cs"];

    [Fact]
    public void Sources_OfWhatWritesRuns_CallTheSystemNowhere()
    {
        string[] folders = ["TinyLM.Model/Runs", "TinyLM.Model/Checkpoints/Checkpoint*", "TinyLM.Lab/Runs"];
        var sources = folders.SelectMany(folder => folder.EndsWith('*')
            ? Directory.GetFiles(Path.Combine(Repository.Top, Path.GetDirectoryName(folder)!), Path.GetFileName(folder) + ".cs")
            : Directory.GetFiles(Path.Combine(Repository.Top, folder), "*.cs")).ToList();
        Assert.True(sources.Count > 40);

        var direct = from path in sources
                     where !s_exempt.Contains(Path.GetFileName(path))
                     from line in File.ReadLines(path)
                     where DirectCall().IsMatch(line)
                     select $"{Path.GetFileName(path)}: {line.Trim()}";

        Assert.Equal(["CheckpointManifest.cs: public static void Write(string folder) => File.WriteAllText(Path.Combine(folder, FileName), SumsOf(folder));"], direct);
    }

    [GeneratedRegex(@"(?<![\w.])(File\.(Move|Delete|WriteAll\w+|Create|Copy)|Directory\.(Move|Delete|CreateDirectory))\(", RegexOptions.CultureInvariant)]
    private static partial Regex DirectCall();
}
