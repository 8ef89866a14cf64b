using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Sweeps;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs.Sweeps;

public class SweepTests
{
    private static readonly RunSpec s_base = RunPresets.Quick.Spec;

    [Theory]
    [InlineData("layers=2,4, 8", "model.layerCount", "2 4 8")]
    [InlineData("lr=1e-3..1e-1:3:log", "training.learningRate", "0.001 0.01 0.1")]
    [InlineData("training.weightDecay=0..0.2:3", "training.weightDecay", "0 0.1 0.2")]
    [InlineData("model.layerCount=1..4:7", "model.layerCount", "1 2 3 4")] // whole numbers, each once
    [InlineData("optimizer=adamw,muon", "training.optimizer", "\"adamw\" \"muon\"")]
    [InlineData("tiedHead=true,false", "model.tiedHead", "true false")]
    public void Axis_OfAListOrARange_HasItsValues(string text, string path, string values)
    {
        var axis = SweepAxis.Parse(text);

        Assert.Equal(path, axis.Path);
        Assert.Equal(values, string.Join(' ', axis.Values.Select(value => value.ToJsonString())));
    }

    [Theory]
    [InlineData("layers", "is no sweep of a setting")]
    [InlineData("layrs=1,2", "Did you mean 'layers'?")]
    [InlineData("layers=", "no values are given")]
    [InlineData("layers=two", "expected a whole number")]
    [InlineData("layers=1.5", "expected a whole number")]
    [InlineData("lr=1..", "is no range")]
    [InlineData("lr=0.1..0.01:3", "is no range")]
    [InlineData("lr=0..1:3:log", "begins above 0")]
    [InlineData("optimizer=adamw..muon", "is no number")]
    [InlineData("name=a,b", "says nothing about the training")]
    public void Axis_ThatIsNone_IsToldInWords(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidSpecException>(() => SweepAxis.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Grid_OfTwoSettings_HasEveryCombinationOnceInOneGroup()
    {
        var made = Make("lr=0.001,0.002", "layers=2,4,8");

        Assert.Equal([(0.001, 2), (0.001, 4), (0.001, 8), (0.002, 2), (0.002, 4), (0.002, 8)], made.Runs.Select(run => (run.Training.LearningRate, run.Model.LayerCount)));
        Assert.All(made.Runs, run => Assert.Same(made.Group, run.Group));
        Assert.Equal("learningRate × layerCount", made.Group.Name);
        Assert.Equal(["training.learningRate", "model.layerCount"], made.Group.Settings);
        Assert.Equal("Quick model: learningRate 0.001, layerCount 2", made.Runs[0].Name);
        var rest = made.Runs[0] with { Name = s_base.Name, Group = null, Training = s_base.Training, Model = s_base.Model };
        Assert.Equal(s_base.ToJson(), rest.ToJson());
    }

    [Fact]
    public void Grid_WithCombinationsThatBreakRules_LeavesThemOutAndSaysWhy()
    {
        var made = Make("heads=4,5", "layers=2,3");

        Assert.Equal(2, made.Runs.Count);
        Assert.Equal(2, made.LeftOut.Count);
        Assert.Contains("5 heads do not divide a width of 128", made.LeftOut[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_ThatFollow_Follow()
    {
        var vocabulary = Make("tokenizer.vocabularySize=512,1024").Runs;
        var steps = Make("steps=50,5000").Runs;

        Assert.Equal([(512, 512), (1024, 1024)], vocabulary.Select(run => (run.Tokenizer.VocabularySize, run.Model.VocabularySize)));
        Assert.Equal([50, 100], steps.Select(run => run.Training.WarmupSteps));
    }

    [Fact]
    public void Random_WithALimit_DrawsSoManyWithinTheRangeTheSameForTheSameSeed()
    {
        Sweep sweep = new() { Base = s_base, Axes = [SweepAxis.Parse("lr=1e-4..1e-2:log"), SweepAxis.Parse("layers=2,4")], IsRandom = true, Limit = 40, Seed = 7 };

        var rates = sweep.Make().Runs.Select(run => run.Training.LearningRate).ToList();

        Assert.Equal(40, rates.Count);
        Assert.All(rates, rate => Assert.InRange(rate, 1e-4, 1e-2));
        Assert.InRange(rates.Count(rate => rate < 1e-3), 10, 30); // half of the decades
        Assert.Equal(rates, sweep.Make().Runs.Select(run => run.Training.LearningRate));
        Assert.NotEqual(rates, (sweep with { Seed = 8 }).Make().Runs.Select(run => run.Training.LearningRate));
    }

    [Fact]
    public void Random_OfFewCombinations_DrawsEachOnce()
    {
        Sweep sweep = new() { Base = s_base, Axes = [SweepAxis.Parse("layers=2,4"), SweepAxis.Parse("seed=1,2")], IsRandom = true, Limit = 20 };

        Assert.Equal(4, sweep.Make().Runs.Select(run => (run.Model.LayerCount, run.Training.Seed)).Distinct().Count());
        Assert.Equal(4, sweep.Make().Runs.Count);
    }

    [Theory]
    [InlineData(5, "The grid has 6 runs, and the limit is 5", "layers=1,2,3", "lr=0.1,0.2")]
    [InlineData(50, "say how many values of the range", "lr=0.1..0.2")]
    [InlineData(50, "given twice", "lr=0.1", "learningRate=0.2")]
    [InlineData(0, "between 1 and 500", "lr=0.1")]
    [InlineData(50, "No combination of these values makes a run", "heads=5,7")]
    [InlineData(50, "The sweep", "optimizer=sgd")]
    public void Sweep_ThatMakesNoSense_IsToldInWords(int limit, string expected, params string[] axes)
    {
        var sweep = new Sweep { Base = s_base, Axes = [.. axes.Select(SweepAxis.Parse)], Limit = limit };

        Assert.Contains(expected, Assert.Throws<InvalidSpecException>(sweep.Make).Message, StringComparison.Ordinal);
    }

    private static SweepRuns Make(params string[] axes) => new Sweep { Base = s_base, Axes = [.. axes.Select(SweepAxis.Parse)] }.Make();
}
