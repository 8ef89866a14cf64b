using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Lab.Runs;

public class StepCurveTests
{
    [Fact]
    public void Curve_BelowItsLimit_KeepsEveryStep()
    {
        var curve = new StepCurve(limit: 100);

        for (var step = 1; step <= 99; step++) curve.Add(TestRuns.Step(step));

        Assert.Equal(Enumerable.Range(1, 99), curve.From(0).Select(step => step.Step));
        Assert.Equal(Enumerable.Range(91, 9), curve.From(90).Select(step => step.Step));
        Assert.Equal(0, curve.Halvings);
    }

    [Fact]
    public void Curve_OfManySteps_StaysBoundedOrderedAndEven()
    {
        const int Limit = 1000, Steps = 100_000;
        var curve = new StepCurve(Limit);
        var highest = 0;

        for (var step = 1; step <= Steps; step++)
        {
            curve.Add(TestRuns.Step(step, loss: Math.Sin(step)));
            highest = Math.Max(highest, curve.Count);
        }

        var kept = curve.From(0).Select(step => step.Step).ToList();
        Assert.InRange(highest, Limit / 2, Limit + 1);
        Assert.Equal(kept.Order().Distinct(), kept);
        var perTenth = kept.CountBy(step => (step - 1) * 10 / Steps).Select(tenth => tenth.Value).ToList();
        Assert.Equal(10, perTenth.Count);
        Assert.True(perTenth.Max() <= 2 * perTenth.Min(), $"The density varies: {string.Join(", ", perTenth)}.");
    }

    [Fact]
    public void Curve_ThinnedOut_KeepsSpikesDipsAndWhatIsNoNumber()
    {
        var curve = new StepCurve(limit: 100);

        for (var step = 1; step <= 10_000; step++)
            curve.Add(TestRuns.Step(step, loss: step switch { 1234 => 99, 5678 => -99, 7777 => double.NaN, _ => 2 }));
        curve.Complete();

        var kept = curve.From(0).Select(step => step.Step).ToList();
        Assert.Contains(1234, kept);
        Assert.Contains(5678, kept);
        Assert.Contains(7777, kept);
        Assert.Equal(10_000, kept[^1]);
    }
}
