using TinyLM.Lab.Components.Pages.NewRun;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Components.Pages;

public class SpecProblemsTests
{
    [Fact]
    public void Problems_OfASoundSpec_AreNone()
    {
        var problems = new SpecProblems(new RunSpec());

        Assert.Empty(problems.All);
        Assert.All(SpecSettings.All, setting => Assert.Null(problems.Of(setting)));
    }

    [Fact]
    public void EachSetting_BrokenAlone_HasItsProblemAndNoOtherHas()
    {
        foreach (var setting in SpecSettings.All.Where(setting => setting is SpecSetting<int> or SpecSetting<long> or SpecSetting<double>))
        {
            var problems = new SpecProblems(Break(setting));

            Assert.Equal(string.Join(" ", problems.All), problems.Of(setting));
            Assert.NotEmpty(problems.All);
            Assert.All(SpecSettings.All.Where(other => other != setting), other => Assert.Null(problems.Of(other)));
        }
    }

    [Fact]
    public void TwoBrokenSettings_HaveOneProblemEach()
    {
        var spec = new RunSpec();
        spec = spec with { Training = spec.Training with { BatchSize = 0, LearningRate = -1 } };

        var problems = new SpecProblems(spec);

        Assert.Equal(2, problems.All.Count);
        Assert.Contains("Batch size is 0", problems.Of(Labelled("Batch size")), StringComparison.Ordinal);
        Assert.Contains("Learning rate is -1", problems.Of(Labelled("Learning rate")), StringComparison.Ordinal);
    }

    private static SpecSetting Labelled(string label) => SpecSettings.All.Single(setting => setting.Label == label);

    private static RunSpec Break(SpecSetting setting) => setting switch
    {
        SpecSetting<int> number => number.Set(new RunSpec(), -1),
        SpecSetting<long> number => number.Set(new RunSpec(), -1),
        SpecSetting<double> number => number.Set(new RunSpec(), -1),
        _ => throw new ArgumentException($"No broken value is known for {setting.Label}.", nameof(setting)),
    };
}
