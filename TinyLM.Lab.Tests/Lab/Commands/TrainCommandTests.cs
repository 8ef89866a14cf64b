using System.CommandLine;
using TinyLM.Lab.Commands;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Lab.Commands;

public sealed class TrainCommandTests : IDisposable
{
    private readonly TempLab _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Settings_Nothing_AreTheQuickPreset() => Assert.Equal(RunPresets.Quick.Spec.ToJson(), Read().ToJson());

    [Fact]
    public void Settings_OnTopOfAPreset_Win()
    {
        var spec = Read("--preset", "small", "--name", "Foxes", "--steps", "20", "--batch", "3", "--learning-rate", "1e-4", "--seed", "18446744073709551615", "--device", "cuda:1", "--threads", "2", "--precision", "bf16", "--corpus", "poems");

        Assert.Equal(("Foxes", "small", "poems"), (spec.Name, spec.Preset, spec.Data.Corpus));
        Assert.Equal(RunPresets.Small.Spec.Model, spec.Model);
        Assert.Equal(
            RunPresets.Small.Spec.Training with { Steps = 20, WarmupSteps = 20, BatchSize = 3, LearningRate = 1e-4, Seed = ulong.MaxValue, Device = "cuda:1", Threads = 2, Precision = TrainingPrecision.Bf16 },
            spec.Training);
    }

    [Fact]
    public void Parameters_Given_AreWhatTheDialMakesOfThem()
    {
        Assert.Equal(OneDial.OfSize(RunPresets.Quick.Spec, 1e6).ToJson(), Read("--parameters", "1e6").ToJson());
        Assert.Equal(12, Read("--parameters", "1e6", "--steps", "12").Training.Steps);
    }

    [Fact]
    public void Settings_OfAFile_AreRead()
    {
        var file = _temp.Beside("spec.json");
        File.WriteAllText(file, LabOfRuns.Spec(steps: 77).ToJson());

        Assert.Equal(LabOfRuns.Spec(steps: 77).ToJson(), Read("--spec", file).ToJson());
    }

    [Fact]
    public void Settings_UnknownMemberInAFile_NamesFileAndPlace()
    {
        var file = _temp.Beside("spec.json");
        File.WriteAllText(file, "{\n  \"training\": {\n    \"stepz\": 7\n  }\n}");

        var refusal = Assert.Throws<InvalidSpecException>(() => Read("--spec", file));

        Assert.Contains("spec.json, line 3", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("stepz", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There is no preset 'huge'", "--preset", "huge")]
    [InlineData("not both", "--preset", "quick", "--spec", "x.json")]
    [InlineData("expected auto, fp32, tf32 or bf16", "--precision", "fp8")]
    [InlineData("Batch size is 0", "--batch", "0")]
    [InlineData("Learning rate is NaN", "--learning-rate", "NaN")]
    [InlineData("Device is 'tpu'", "--device", "tpu")]
    [InlineData("Steps are 0", "--steps", "0")]
    [InlineData("nowhere.json", "--spec", "nowhere.json")]
    [InlineData("tinyshakespeare/input.txt", "--preset", "shakespeare")]
    [InlineData("--parameters is 3", "--parameters", "3")]
    public void Settings_ThatMakeNoSense_AreToldInWords(string words, params string[] arguments) =>
        Assert.Contains(words, Assert.Throws<InvalidSpecException>(() => Read(arguments)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("There is no run 'nothing'", "--resume", "nothing")]
    [InlineData("--steps cannot be given with --resume", "--resume", "nothing", "--steps", "7")]
    [InlineData("There is no corpus 'poems'", "--corpus", "poems")]
    public async Task Command_ThatMakesNoSense_SaysSoAndLeavesNothing(string words, params string[] arguments)
    {
        using var error = new StringWriter();

        var code = await LabCommandLine.Create().Parse(["train", "--data", _temp.Directory.Path, .. arguments])
            .InvokeAsync(new InvocationConfiguration { Error = error }, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.WrongInput, code);
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temp.Directory.RunsPath));
    }

    [Fact]
    public async Task Resume_RunThatAnotherProcessTrains_IsRefused()
    {
        var run = _temp.AddRun("20260101-000000-aaaa");
        using var held = RunLock.TryAcquire(run);
        using var error = new StringWriter();

        var code = await LabCommandLine.Create().Parse(["train", "--data", _temp.Directory.Path, "--resume", run.Id])
            .InvokeAsync(new InvocationConfiguration { Error = error }, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.RunTaken, code);
        Assert.Contains("Another process trains the run", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Display_ForAPipe_WritesPlainLinesSamplesAndTheEnd()
    {
        var run = _temp.AddRun("20260101-000000-aaaa", LabOfRuns.Spec(steps: 200));
        using (var events = new RunEventWriter(run))
        {
            events.Append(TestRuns.Step(100));
            events.Append(TestRuns.Evaluation(100));
            events.Append(TestRuns.Sample(100, " upon \u001b[31ma time", prompt: "Once"));
            events.Append(TestRuns.Checkpoint(100));
            events.Append(new StatusEvent { Time = TestRuns.Start, Status = RunStatus.Interrupted, Step = 100 });
        }

        using var output = new StringWriter();
        var display = new TrainingDisplay(new RunFeed(RunStore.Read(run), new ManualClock()), output, isLive: false, new ManualClock());
        display.Show();
        display.Show();
        display.ShowLast(run);

        Assert.Equal(
            $"""
            Step 100 writes: Once upon ·[31ma time
            step 100/200  loss 2.200  validation 2.250  41,000 tokens/s
            Stopped after 100 steps. To go on: train --resume {run.Id} (the lab does so by itself at its next start)
            The run lies in {run.Path}
            To write with it: generate --run {run.Id} --prompt "Once upon a time"

            """,
            output.ToString(), ignoreLineEndingDifferences: true);
    }

    private static RunSpec Read(params string[] arguments)
    {
        var settings = new TrainSettings();
        var command = new Command("train");
        settings.AddTo(command);
        return settings.Read(command.Parse(arguments));
    }
}
