using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using TinyLM.Lab.Commands;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Models;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Generation;

namespace TinyLM.Lab.Tests.Lab.Commands;

/// <summary>Writing from the command line with real checkpoints on disk.</summary>
public sealed class GenerateCommandTests : IDisposable
{
    private readonly TempLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    public async Task Generate_SameSeed_WritesWhatTheLabWrites()
    {
        TestCheckpoint.Write(_lab.AddRun("r"), step: 10);
        using var host = new ModelHost(new CheckpointShelf(_lab.Directory), new ModelHostOptions(), TimeProvider.System, NullLogger<ModelHost>.Instance);
        var pieces = await host.GenerateAsync(ModelReference.OfRun("r"), new TextRequest { Prompt = "Once upon", Settings = new SamplingSettings { Seed = 5, MaxTokens = 30, Temperature = 0.7, TopK = 50, TopP = 0.9 } }, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);

        var (exitCode, output, _) = await RunAsync("--run", "r", "--prompt", "Once upon", "--seed", "5", "--max-tokens", "30", "--temperature", "0.7", "--top-k", "50", "--top-p", "0.9");

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Equal("Once upon" + string.Concat(pieces.Select(piece => piece.Text)) + Environment.NewLine, output);
    }

    [Fact]
    public async Task Json_OfSeveralSamples_IsALineEachThatTellsAll()
    {
        var folder = TestCheckpoint.Write(_lab.AddRun("r"), step: 10);

        var (exitCode, output, _) = await RunAsync("--run", "r", "--prompt", "Once \"upon\"\na", "--seed", "5", "--max-tokens", "12", "--count", "3", "--json");

        Assert.Equal(ExitCode.Success, exitCode);
        var samples = output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal([5, 6, 7], samples.Select(sample => sample.GetProperty("settings").GetProperty("seed").GetInt32()));
        Assert.All(samples, sample =>
        {
            Assert.Equal("Once \"upon\"\na", sample.GetProperty("prompt").GetString());
            Assert.Equal(folder, sample.GetProperty("checkpoint").GetString());
            Assert.Equal("length", sample.GetProperty("finishReason").GetString());
            Assert.Equal(12, sample.GetProperty("tokens").GetArrayLength());
            Assert.Equal(sample.GetProperty("text").GetString(), string.Concat(sample.GetProperty("tokens").EnumerateArray().Select(token => token.GetProperty("text").GetString())));
            Assert.All(sample.GetProperty("tokens").EnumerateArray(), token => Assert.True(token.GetProperty("logProbability").GetDouble() < 0));
        });
    }

    [Fact]
    public async Task Samples_AsText_AreSetApartAsInACorpus()
    {
        TestCheckpoint.Write(_lab.AddRun("r"), step: 10);

        var (_, output, _) = await RunAsync("--run", "r", "--prompt", "p", "--count", "3", "--max-tokens", "5");

        Assert.Equal(2, output.Split(Environment.NewLine).Count(line => line == "<|endoftext|>"));
    }

    [Fact]
    public async Task Run_ByItsFolderOrItsCheckpointsFolder_IsFound()
    {
        var run = _lab.AddRun("r");
        var folder = TestCheckpoint.Write(run, step: 10);
        string[] settings = ["--seed", "1", "--max-tokens", "5"];

        var byId = await RunAsync(["--run", "r", "--step", "10", .. settings]);
        var byRunFolder = await RunAsync(["--run", run.Path, .. settings]);
        var byCheckpoint = await RunAsync(["--run", folder + Path.DirectorySeparatorChar, .. settings]);

        Assert.Equal(ExitCode.Success, byId.ExitCode);
        Assert.Equal(byId, byRunFolder);
        Assert.Equal(byId, byCheckpoint);
    }

    [Fact]
    public async Task Generate_BesideARunningLab_Works()
    {
        TestCheckpoint.Write(_lab.AddRun("r"), step: 10);
        using var held = LabLock.Acquire(_lab.Directory);

        var (exitCode, _, _) = await RunAsync("--run", "r", "--max-tokens", "5");

        Assert.Equal(ExitCode.Success, exitCode);
    }

    [Fact]
    public async Task Prompts_OfAFile_AreWrittenOnOneAfterTheOther()
    {
        TestCheckpoint.Write(_lab.AddRun("r"), step: 10);
        var path = Path.Combine(_lab.Directory.Path, "prompts.jsonl");
        await File.WriteAllTextAsync(path, "\"one\\ntwo\"\n\n{\"prompt\":\"three\",\"id\":7}\n", TestContext.Current.CancellationToken);

        var (exitCode, output, _) = await RunAsync("--model", "run/r@10", "--prompts", path, "--count", "2", "--seed", "3", "--max-tokens", "4", "--json");

        Assert.Equal(ExitCode.Success, exitCode);
        var samples = output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal([("one\ntwo", 3), ("one\ntwo", 4), ("three", 3), ("three", 4)], samples.Select(sample => (sample.GetProperty("prompt").GetString()!, sample.GetProperty("settings").GetProperty("seed").GetInt32())));
    }

    [Theory]
    [InlineData("line 2: this is no JSON", "a.jsonl", "\"x\"\n{\n")]
    [InlineData("line 1: expected a JSON string", "a.jsonl", "{\"text\":1}")]
    [InlineData("has no prompt", "a.txt", "\n\n")]
    public async Task Prompts_ThatAreNone_AreToldWithTheirLine(string words, string name, string content)
    {
        var path = Path.Combine(_lab.Directory.Path, name);
        await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);

        var (exitCode, _, error) = await RunAsync("--run", "r", "--prompts", path);

        Assert.Equal(ExitCode.WrongInput, exitCode);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_WithAlternatives_TellsThemAtEachPlace()
    {
        TestCheckpoint.Write(_lab.AddRun("r"), step: 10);

        var (_, output, _) = await RunAsync("--run", "r", "--seed", "3", "--max-tokens", "4", "--json", "--alternatives", "5", "--top-k", "2", "--temperature", "1");

        foreach (var token in JsonDocument.Parse(output).RootElement.GetProperty("tokens").EnumerateArray())
        {
            var alternatives = token.GetProperty("alternatives").EnumerateArray().ToList();
            Assert.Equal(5, alternatives.Count);
            Assert.Equal(2, alternatives.Count(one => one.GetProperty("probability").GetDouble() > 0));
            Assert.Equal(1, alternatives.Sum(one => one.GetProperty("probability").GetDouble()), 1e-9);
        }
    }

    [Fact]
    public async Task Stop_String_EndsTheTextBeforeIt()
    {
        TestCheckpoint.Write(_lab.AddRun("r"), step: 10);
        var (_, whole, _) = await RunAsync("--run", "r", "--seed", "3", "--max-tokens", "40");
        var stop = whole.TrimEnd()[5..8];

        var (_, stopped, _) = await RunAsync("--run", "r", "--seed", "3", "--max-tokens", "40", "--stop", "never written", "--stop", stop);

        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)] + Environment.NewLine, stopped);
    }

    [Theory]
    [InlineData("There is no run 'absent'", "absent")]
    [InlineData("The run has no checkpoint yet", "empty")]
    [InlineData("The run has no checkpoint of step 99. It has those of 10.", "sound", "--step", "99")]
    [InlineData("model.safetensors", "damaged")]
    public async Task Model_ThatCannotBeUsed_IsToldInWords(string words, string run, params string[] more)
    {
        _lab.AddRun("empty");
        TestCheckpoint.Write(_lab.AddRun("sound"), step: 10);
        TestCheckpoint.Damage(TestCheckpoint.Write(_lab.AddRun("damaged"), step: 10));

        var (exitCode, output, error) = await RunAsync(["--run", run, .. more]);

        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task Folder_ThatIsNeitherRunNorCheckpoint_IsToldInWords()
    {
        var (exitCode, _, error) = await RunAsync("--run", _lab.Directory.Path);

        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.Contains("neither a run folder (it has no run.json) nor a checkpoint folder (it has no config.json)", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Temperature is -1", "--temperature", "-1")]
    [InlineData("Top-p is 2", "--top-p", "2")]
    [InlineData("Top-k is 0", "--top-k", "0")]
    [InlineData("Temperature is NaN", "--temperature", "NaN")]
    [InlineData("Min-p is -0.1", "--min-p", "-0.1")]
    [InlineData("Typical-p is 0", "--typical-p", "0")]
    [InlineData("The repetition penalty is 0", "--repetition-penalty", "0")]
    [InlineData("A stop string is empty", "--stop", "")]
    [InlineData("Give either --run or --model", "--model", "run/r")]
    [InlineData("The count is 0", "--count", "0")]
    [InlineData("The length is 0", "--max-tokens", "0")]
    public async Task Setting_ThatBreaksARule_IsToldInWords(string words, string option, string value)
    {
        var (exitCode, _, error) = await RunAsync("--run", "r", option, value);

        Assert.Equal(ExitCode.WrongInput, exitCode);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] options)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var parsed = LabCommandLine.Create().Parse(["generate", .. options, "--data", _lab.Directory.Path]);
        Assert.Empty(parsed.Errors);

        var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);

        return (exitCode, output.ToString(), error.ToString());
    }
}
