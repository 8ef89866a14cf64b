using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using TinyLM.Lab.Commands;
using TinyLM.Model.Corpora;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Architecture;

/// <summary><c>docs/formats.md</c> says what is: its examples are read, and whatever there is to name is named.</summary>
public class FormatsTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Repository.Top, "docs", "formats.md"));

    [Fact]
    public void RunJson_OfThePage_IsTheQuickPresetToTheLetter()
    {
        var example = Example("json run.json");

        var spec = RunSpec.Parse(example, "docs/formats.md");

        Assert.Equal(RunPresets.Quick.Spec.ToJson(), spec.ToJson());
        Assert.Equal(spec.ToJson(), example.TrimEnd());
    }

    [Fact]
    public void Settings_OfASpec_AreAllInTheTable()
    {
        var settings = Settings(typeof(RunSpec), prefix: "");

        Assert.DoesNotContain(settings, setting => !s_page.Contains($"`{setting}`", StringComparison.Ordinal));
    }

    [Fact]
    public void Events_OfThePage_AreReadAndWrittenTheSame()
    {
        var lines = Example("jsonl events.jsonl").TrimEnd().Split('\n');

        foreach (var line in lines)
        {
            var happened = JsonSerializer.Deserialize<RunEvent>(line, RunJson.Line)!;
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(line), JsonNode.Parse(JsonSerializer.Serialize(happened, RunJson.Line))), line);
        }
    }

    [Fact]
    public void Events_OfEachType_AreOnThePageWithEachMember()
    {
        foreach (var type in typeof(RunEvent).GetCustomAttributes<JsonDerivedTypeAttribute>())
        {
            var row = Regex.Match(s_page, $@"^\| `{type.TypeDiscriminator}` \|.*$", RegexOptions.Multiline).Value;
            Assert.NotEmpty(row);
            foreach (var member in type.DerivedType.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
                Assert.Contains($"`{JsonNamingPolicy.CamelCase.ConvertName(member.Name)}`", row, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Options_OfEachCommand_AreOnThePage()
    {
        var root = LabCommandLine.Create();
        var options = root.Options.Concat(root.Subcommands.SelectMany(command => command.Options)).Where(option => !option.Hidden).Select(option => option.Name);
        var commands = root.Subcommands.Where(command => !command.Hidden).Select(command => command.Name);

        Assert.DoesNotContain(options, option => !s_page.Contains($"`{option}", StringComparison.Ordinal));
        Assert.DoesNotContain(commands, command => !s_page.Contains($"### `{command}`", StringComparison.Ordinal));
    }

    [Fact]
    public void Sample_OfThePage_IsWhatGenerateWrites()
    {
        var example = Example("json generate");

        var sample = JsonSerializer.Deserialize<GeneratedSample>(example, RunJson.Strict);

        Assert.Equal(example.TrimEnd(), JsonSerializer.Serialize(sample, RunJson.Indented));
    }

    [Fact]
    public void CorpusJson_OfThePage_IsReadAndWrittenTheSameWithEachMemberInTheTable()
    {
        var example = Example("json corpus.json");

        var info = JsonSerializer.Deserialize<CorpusInfo>(example, RunJson.Strict);

        Assert.Equal(example.TrimEnd(), JsonSerializer.Serialize(info, RunJson.Indented));
        Assert.DoesNotContain(Settings(typeof(CorpusInfo), prefix: ""), member => !s_page.Contains($"| `{member}` |", StringComparison.Ordinal));
    }

    /// <summary>The code block of the page whose fence says so.</summary>
    private static string Example(string fence)
    {
        var start = s_page.IndexOf($"```{fence}\n", StringComparison.Ordinal) + fence.Length + 4;
        return s_page[start..s_page.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static IEnumerable<string> Settings(Type record, string prefix)
    {
        foreach (var property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            var name = prefix + JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            if (property.PropertyType.Namespace!.StartsWith("TinyLM", StringComparison.Ordinal) && !property.PropertyType.IsEnum)
                foreach (var inner in Settings(property.PropertyType, name + ".")) yield return inner;
            else
                yield return name;
        }
    }
}
