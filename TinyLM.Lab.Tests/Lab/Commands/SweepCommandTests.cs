using System.CommandLine;
using TinyLM.Lab.Commands;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Commands;

/// <summary><c>train --sweep</c>, with real training.</summary>
[Collection(TorchTests.Name)]
public sealed class SweepCommandTests : IDisposable
{
    private readonly TempLab _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Sweep_OfTwoDepths_TrainsBothAndNamesTheBetter()
    {
        var (code, output, error) = await TrainAsync("--sweep", "layers=1,2", "--group", "Depths");

        Assert.True(code == ExitCode.Success, error);
        var runs = Directory.GetDirectories(_temp.Directory.RunsPath).Select(path => RunStore.Read(new RunFolder(path))).OrderBy(run => run.Spec.Model.LayerCount).ToList();
        Assert.Equal([1, 2], runs.Select(run => run.Spec.Model.LayerCount));
        Assert.All(runs, run => Assert.Equal(("Depths", RunStatus.Completed), (run.Spec.Group!.Name, new RunFeed(run, TimeProvider.System).Summary.Status)));
        Assert.Single(runs.Select(run => run.Spec.Group!.Id).Distinct());
        Assert.Contains("2 runs of the group", output, StringComparison.Ordinal);
        Assert.Contains("completed  Tiny: layerCount 2", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Did you mean 'layers'?", "--sweep", "layrs=1,2")]
    [InlineData("The grid has 4 runs, and the limit is 3", "--sweep", "layers=1,2,3,4", "--limit", "3")]
    [InlineData("give --sweep setting=values too", "--random", "3")]
    public async Task Sweep_ThatMakesNoSense_SaysSoAndLeavesNothing(string words, params string[] arguments)
    {
        var (code, _, error) = await TrainAsync(arguments);

        Assert.Equal(ExitCode.WrongInput, code);
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temp.Directory.RunsPath));
    }

    private async Task<(int Code, string Output, string Error)> TrainAsync(params string[] arguments)
    {
        var quick = RunPresets.Quick.Spec;
        var spec = _temp.Beside("spec.json");
        File.WriteAllText(spec, (quick with
        {
            Name = "Tiny",
            Data = quick.Data with { StoryBytes = 100_000 },
            Tokenizer = quick.Tokenizer with { VocabularySize = 300, TrainingBytes = 20_000 },
            Model = quick.Model with { VocabularySize = 300, ContextLength = 32, EmbeddingSize = 32, HeadCount = 2 },
            Training = quick.Training with { Steps = 3, WarmupSteps = 0, BatchSize = 2, EvaluationBatches = 1, SampleInterval = 0, Device = "cpu", Threads = 1, Precision = TinyLM.Model.Training.TrainingPrecision.Fp32 },
        }).ToJson());
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await LabCommandLine.Create().Parse(["train", "--data", _temp.Directory.Path, "--spec", spec, .. arguments])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
