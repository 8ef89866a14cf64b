using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using TinyLM.Lab.Commands;
using TinyLM.Lab.Commands.Tokenizers;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Corpora;
using TinyLM.Model.Data;
using TinyLM.Model.Runs;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Tests.Architecture;

/// <summary><c>docs/formats.md</c> says what is: its examples are read, and whatever there is to name is named.</summary>
public class FormatsTests
{
    private static readonly string s_page = FormatsPage.Text;

    [Fact]
    public void RunJson_OfThePage_IsTheQuickPresetToTheLetter()
    {
        var example = FormatsPage.Example("json run.json");

        var spec = RunSpec.Parse(example, "docs/formats.md");

        Assert.Equal(RunPresets.Quick.Spec.ToJson(), spec.ToJson());
        Assert.Equal(spec.ToJson(), example.TrimEnd());
    }

    [Fact]
    public void EstimateJson_OfThePage_IsWrittenTheSame()
    {
        var example = FormatsPage.Example("json estimate.json");

        var estimate = JsonSerializer.Deserialize<RunEstimate>(example, RunJson.Strict)!;

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(example), JsonNode.Parse(JsonSerializer.Serialize(estimate, RunJson.Indented))));
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
        var lines = FormatsPage.Example("jsonl events.jsonl").TrimEnd().Split('\n');

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
        var options = All(root).SelectMany(command => command.Options).Where(option => !option.Hidden).Select(option => option.Name);
        var commands = root.Subcommands.Where(command => !command.Hidden).Select(command => command.Name);

        Assert.DoesNotContain(options, option => !s_page.Contains($"`{option}", StringComparison.Ordinal));
        Assert.DoesNotContain(commands, command => !s_page.Contains($"### `{command}", StringComparison.Ordinal));
    }

    [Fact]
    public void TokenizerInfoJson_OfThePage_IsReadAndWrittenTheSame()
    {
        var example = FormatsPage.Example("json tokenizer_info.json");

        var info = JsonSerializer.Deserialize<TokenizerInfo>(example, RunJson.Strict);

        Assert.Equal(example.TrimEnd(), JsonSerializer.Serialize(info, RunJson.Indented));
    }

    [Fact]
    public void EncodedText_OfThePage_IsWhatTokenizerEncodeWrites()
    {
        var example = FormatsPage.Example("json tokenizer encode");

        var encoded = JsonSerializer.Deserialize<EncodedText>(example, RunJson.Strict);

        Assert.Equal(example.TrimEnd(), JsonSerializer.Serialize(encoded, RunJson.Indented));
        Assert.Equal(encoded!.Ids, TinyLM.Model.Tokenization.BuiltInTokenizers.Get(encoded.Tokenizer).Encode(string.Concat(encoded.Pieces)));
    }

    [Fact]
    public void Sample_OfThePage_IsWhatGenerateWrites()
    {
        var example = FormatsPage.Example("json generate");

        var sample = JsonSerializer.Deserialize<GeneratedSample>(example, RunJson.Strict);

        Assert.Equal(example.TrimEnd(), JsonSerializer.Serialize(sample, RunJson.Indented));
    }

    /// <summary>The plan of Chinchilla as the command makes it, to the six digits of the page.</summary>
    [Fact]
    public void Scaling_OfThePage_IsWhatTheCommandWrites()
    {
        var example = FormatsPage.Example("json scaling");

        var read = JsonSerializer.Deserialize<ScalingPlan>(example, RunJson.Strict)!;

        Assert.Equal(example.TrimEnd(), JsonSerializer.Serialize(read, RunJson.Indented));
        var plan = ScalingPlan.Of(ScalingFits.Epoch, new ScalingPoint(read.Parameters, read.Tokens), other: null);
        Assert.Equal((plan.Law, plan.Parameters, plan.Tokens), (read.Law, read.Parameters, read.Tokens));
        Assert.Equal(plan.Loss, read.Loss, 1e-5);
        Assert.Equal(plan.WastedFraction, read.WastedFraction, 1e-5);
        Assert.All(read.Optima, one => Assert.Equal(1, one.Tokens / plan.Optima.Single(optimum => optimum.Fit == one.Fit).Tokens, 1e-5));
    }

    [Fact]
    public void ScalingFit_OfThePage_IsReadAndWrittenTheSame()
    {
        var example = FormatsPage.Example("json scaling fit");

        Assert.Equal(example.TrimEnd(), JsonSerializer.Serialize(JsonSerializer.Deserialize<FittedLaw>(example, RunJson.Strict), RunJson.Indented));
    }

    [Fact]
    public void CorpusJson_OfThePage_IsReadAndWrittenTheSameWithEachMemberInTheTable()
    {
        var example = FormatsPage.Example("json corpus.json");

        var info = JsonSerializer.Deserialize<CorpusInfo>(example, RunJson.Strict);

        Assert.Equal(example.TrimEnd(), JsonSerializer.Serialize(info, RunJson.Indented));
        Assert.DoesNotContain(Settings(typeof(CorpusInfo), prefix: ""), member => !s_page.Contains($"| `{member}` |", StringComparison.Ordinal));
    }

    [Fact]
    public void DatasetJson_OfThePage_IsReadAndWrittenTheSame()
    {
        var example = FormatsPage.Example("json dataset.json");

        var info = JsonSerializer.Deserialize<DatasetInfo>(example, RunJson.Strict);

        Assert.Equal(example.TrimEnd(), JsonSerializer.Serialize(info, RunJson.Indented));
    }

    [Fact]
    public void ModelJson_OfThePage_IsReadAndWrittenTheSame()
    {
        var example = FormatsPage.Example("json model.json");

        var info = JsonSerializer.Deserialize<ImportedModelInfo>(example, RunJson.Strict);

        Assert.Equal(example.TrimEnd(), JsonSerializer.Serialize(info, RunJson.Indented));
    }

    [Fact]
    public void ModelFormats_AreAllOnThePage() =>
        Assert.DoesNotContain(ModelDownload.Formats.Keys, format => !s_page.Contains($"| `{format}` |", StringComparison.Ordinal));

    [Fact]
    public void TokenShard_OfThePage_IsWhatIsWritten()
    {
        using var folder = new TemporaryFolder();
        using (var writer = new TokenShardWriter(folder["train.bin"], vocabularySize: 2048))
        {
            writer.Append([2047, 5, 300]);
            writer.Complete();
        }

        var written = File.ReadAllBytes(folder["train.bin"]);
        var parts = FormatsPage.Example("hex train.bin").TrimEnd().Split(" … ").Select(part => Convert.FromHexString(part.Replace(" ", ""))).ToList();
        Assert.Equal([.. parts[0], .. new byte[1024 - parts[0].Length], .. parts[1]], written);
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

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
