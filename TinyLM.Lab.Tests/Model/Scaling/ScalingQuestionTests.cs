using TinyLM.Model.Scaling;
using static TinyLM.Lab.Tests.Model.Scaling.ChinchillaReference;

namespace TinyLM.Lab.Tests.Model.Scaling;

public class ScalingQuestionTests
{
    private static readonly ParametricLaw s_law = ScalingFits.Epoch.Law!;

    [Fact]
    public void Answer_OfAnyTwo_IsThePointThatTheyCameFrom()
    {
        var point = new ScalingPoint(124e6, 10e9);
        var (n, d, c, loss) = (point.Parameters, point.Tokens, point.Compute, s_law.Loss(point));

        foreach (var question in (ScalingQuestion[])[new(n, d), new(n, Compute: c), new(n, Loss: loss), new(Tokens: d, Compute: c), new(Tokens: d, Loss: loss), new(Compute: c, Loss: loss)])
        {
            var answer = question.Answer(s_law);
            Assert.Null(answer.Problem);
            Assert.Contains((ScalingPoint?[])[answer.Point, answer.Other], one => one is { } found && Math.Abs(found.Parameters / n - 1) < 1e-6 && Math.Abs(found.Tokens / d - 1) < 1e-6);
        }
    }

    [Fact]
    public void Answer_OfOne_IsItsBestUse()
    {
        var best = s_law.Optimum.ForCompute(1e20);

        foreach (var question in (ScalingQuestion[])[new(best.Parameters), new(Tokens: best.Tokens), new(Compute: 1e20), new(Loss: s_law.Loss(best))])
        {
            var point = question.Answer(s_law).Point!.Value;
            Assert.InRange(point.Parameters / best.Parameters, 1 - 1e-6, 1 + 1e-6);
            Assert.InRange(point.Compute / 1e20, 1 - 1e-6, 1 + 1e-6);
        }
    }

    [Fact]
    public void Answer_OfComputeAndLoss_HasASmallAndALargeModel()
    {
        var answer = new ScalingQuestion(Compute: 1e20, Loss: 2.8).Answer(s_law);

        Assert.True(answer.Point!.Value.Parameters < answer.Other!.Value.Parameters);
        Same(1e20, answer.Other.Value.Compute);
    }

    [Theory]
    [InlineData(0.0, 1e9, null, null, "Parameters are 0; it must be a number from 1")]
    [InlineData(-5.0, 1e9, null, null, "Parameters are -5;")]
    [InlineData(1e40, 1e9, null, null, "Parameters are 1e40;")]
    [InlineData(1e9, double.NaN, null, null, "Tokens are no finite number;")]
    [InlineData(null, null, double.PositiveInfinity, null, "Compute is no finite number;")]
    [InlineData(null, null, 1e40, null, "Compute is 1e40;")]
    [InlineData(null, null, 1e20, 0.0, "Loss is 0; it must be above 0")]
    [InlineData(null, null, null, null, "Nothing is given yet")]
    [InlineData(1e9, 1e9, 6e18, null, "3 numbers are given; two say it all. Leave one of them empty.")]
    [InlineData(1e9, 1e9, 6e18, 3.0, "Leave two of them empty.")]
    [InlineData(null, null, null, 1.5, "No model gets to a loss of 1.5 by this law: endless parameters and tokens would leave 1.8169.")]
    [InlineData(1e6, null, null, 2.0, "1e6 parameters do not get to a loss of 2 by this law")]
    [InlineData(null, 1e6, null, 2.0, "1e6 tokens do not get to a loss of 2 by this law")]
    [InlineData(null, null, 1e15, 2.0, "1e15 operations do not get to a loss of 2 by this law")]
    [InlineData(null, null, null, 1.81687, "beyond what is answered")]
    [InlineData(1e18, null, 1.0, null, "beyond what is answered")]
    public void Answer_OfWhatMakesNoSense_IsWords(double? parameters, double? tokens, double? compute, double? loss, string words)
    {
        var answer = new ScalingQuestion(parameters, tokens, compute, loss).Answer(s_law);

        Assert.Null(answer.Point);
        Assert.Contains(words, answer.Problem, StringComparison.Ordinal);
    }
}
