using System.Text.RegularExpressions;

namespace TinyLM.Lab.Tests.Architecture;

/// <summary>The README's file tree names what is there, and all that is there.</summary>
public partial class ReadmeTests
{
    [Fact]
    public void FileTree_NamesEveryFolderOfTheCode()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Top, "README.md"));
        var named = TreeLine().Matches(readme).Select(match => match.Groups["path"].Value.TrimEnd('/')).ToHashSet(StringComparer.Ordinal);

        var actual = from project in (string[])["TinyLM.Model", "TinyLM.Lab", "TinyLM.Lab.Tests", "TinyLM.Benchmarks"]
                     from folder in Directory.EnumerateDirectories(Path.Combine(Repository.Top, project))
                     let name = Path.GetFileName(folder)
                     where name is not ("bin" or "obj" or "Properties")
                     select $"{project}/{name}";

        Assert.DoesNotContain(actual, folder => !named.Contains(folder));
        Assert.DoesNotContain(named, path => !Path.Exists(Path.Combine(Repository.Top, path)));
    }

    /// <summary>A line of the tree: a path from the top of the repository, two blanks or more, a purpose.</summary>
    [GeneratedRegex(@"^(?<path>(TinyLM\.[A-Za-z.]+|docs|build|wwwroot|\.ci)(/[A-Za-z.\-]+)*/?)  +\S", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex TreeLine();
}
