using TinyLM.Lab.Commands;
using TinyLM.Lab.Runs.Sweeps;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Commands;

public class EquivalentCommandTests
{
    [Fact]
    public void Command_OfAPreset_NamesItAlone() => Assert.Equal("dotnet run --project TinyLM.Lab -- train --preset small", EquivalentCommand.For(RunPresets.Small.Spec));

    [Fact]
    public void Command_OfAChangedPreset_TellsWhatWasChanged()
    {
        var spec = RunPresets.Quick.Spec with { Name = "It's mine", Training = RunPresets.Quick.Spec.Training with { Steps = 50, WarmupSteps = 50, LearningRate = 0.001, Precision = TinyLM.Model.Training.TrainingPrecision.Fp32 } };

        Assert.Equal("dotnet run --project TinyLM.Lab -- train --preset quick --name 'It'\\''s mine' --steps 50 --learning-rate 0.001 --precision fp32", EquivalentCommand.For(spec));
    }

    [Fact]
    public void Command_OfSettingsWithoutAnOption_TakesTheFile()
    {
        var deeper = RunPresets.Quick.Spec with { Model = RunPresets.Quick.Spec.Model with { LayerCount = 5 } };

        Assert.EndsWith("train --spec run.json", EquivalentCommand.For(deeper), StringComparison.Ordinal);
        Assert.EndsWith("train --spec run.json", EquivalentCommand.For(new RunSpec()), StringComparison.Ordinal);
    }

    [Fact]
    public void Command_OfOptions_IsReadBackByTrainAsTheSameSettings()
    {
        var spec = RunPresets.Quick.Spec with { Training = RunPresets.Quick.Spec.Training with { Steps = 50, WarmupSteps = 50, BatchSize = 3, Seed = 9, Threads = 1, Device = "cpu" } };
        var settings = new TrainSettings();
        var command = new System.CommandLine.Command("train");
        settings.AddTo(command);

        var read = settings.Read(command.Parse(EquivalentCommand.For(spec).Split(" train ")[1]));

        Assert.Equal(spec.ToJson(), read.ToJson());
    }

    [Fact]
    public void Command_OfASweep_IsReadBackAsTheSameRuns()
    {
        var sweep = new Sweep { Base = RunPresets.Small.Spec, Axes = [SweepAxis.Parse("lr=1e-4..1e-2:3:log"), SweepAxis.Parse("layers=2, 4")], Limit = 9, Name = "Rates" };
        var text = EquivalentCommand.For(sweep);
        var settings = new TrainSettings();
        var sweeps = new SweepSettings();
        var command = new System.CommandLine.Command("train");
        settings.AddTo(command);
        sweeps.AddTo(command);

        var parsed = command.Parse(text.Split(" train ")[1].Replace("'", "", StringComparison.Ordinal));
        var read = sweeps.Read(parsed, settings.Read(parsed))!;

        Assert.Equal("dotnet run --project TinyLM.Lab -- train --preset small --sweep 'training.learningRate=1e-4..1e-2:3:log' --sweep 'model.layerCount=2,4' --limit 9 --group Rates", text);
        Assert.Equal(sweep.Make().Runs.Select(run => (run.Name, run.Training.LearningRate, run.Model.LayerCount)), read.Runs.Select(run => (run.Name, run.Training.LearningRate, run.Model.LayerCount)));
    }
}
