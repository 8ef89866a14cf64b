using TinyLM.Model.Architectures;
using TinyLM.Model.Scaling;
using static TinyLM.Lab.Tests.Model.Scaling.ChinchillaReference;

namespace TinyLM.Lab.Tests.Model.Scaling;

public class LawFittingTests
{
    private static readonly ParametricLaw s_law = ScalingFits.Epoch.Law!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>All five constants at once in their ranges of 99.5%, in at least 95 of 100 sets of points with noise.</summary>
    [Fact]
    public void Fit_OfNoisyPoints_HasTheTruthInItsRanges()
    {
        var held = 0;
        Parallel.For(0, 100, seed =>
        {
            var ranges = LawFitting.FitWithIntervals(Synthetic((ulong)seed, noise: 0.005), level: 0.995, resamplings: 100, seed: (ulong)seed).Intervals;
            if (ranges.E.Contains(s_law.E) && ranges.A.Contains(s_law.A) && ranges.B.Contains(s_law.B) && ranges.Alpha.Contains(s_law.Alpha) && ranges.Beta.Contains(s_law.Beta)
                && ranges.SizeExponent.Contains(s_law.Optimum.SizeExponent))
                Interlocked.Increment(ref held);
        });

        Assert.InRange(held, 95, 100);
    }

    [Fact]
    public void Fit_OfPointsWithoutNoise_IsTheLaw()
    {
        var fit = LawFitting.Fit(Synthetic(1, noise: 0), Cancel);

        Assert.InRange(fit.Objective, 0, 1e-10);
        Assert.InRange(fit.Law.E, s_law.E - 0.005, s_law.E + 0.005);
        Assert.InRange(fit.Law.Alpha, s_law.Alpha - 0.005, s_law.Alpha + 0.005);
        Assert.InRange(fit.Law.Beta, s_law.Beta - 0.005, s_law.Beta + 0.005);
    }

    /// <summary>The sum of published laws over the digitised points, as it was reckoned elsewhere.</summary>
    [Fact]
    public void Objective_OfThePublishedLaws_IsTheReferences()
    {
        var file = Read();
        var points = Points();

        Assert.Equal(240, points.Count);
        Assert.All(file.GetProperty("fit").GetProperty("huber_sum").EnumerateObject(), one =>
            Same(Number(file.GetProperty("fit").GetProperty("huber_sum"), one.Name), LawFitting.Objective(Law(file, one.Name), points)));
    }

    /// <summary>No worse than the published constants, nor than the sum that the authors' notebook ends at, 0.00101827.</summary>
    [Fact]
    public void Fit_OfTheDigitisedPoints_IsNoWorseThanThePublishedRefit()
    {
        var points = Points();

        var fit = LawFitting.Fit(points, Cancel);

        Assert.True(fit.Objective <= LawFitting.Objective(ScalingFits.Epoch.Law!, points));
        Assert.InRange(fit.Objective, 0.00101, 0.00101828);
        Assert.InRange(fit.Law.Alpha, 0.3473 - 0.001, 0.3473 + 0.001);
        Assert.InRange(fit.Law.Beta, 0.3672 - 0.001, 0.3672 + 0.001);
    }

    /// <summary>The gradient beside differences of the sum.</summary>
    [Fact]
    public void Gradient_IsTheSlopeOfTheSum()
    {
        var objective = new LawObjective(Synthetic(3, noise: 0.01));
        var place = objective.Encode(6, 7, 0.5, 0.33, 0.35);
        var gradient = new double[LawObjective.Count];
        objective.Evaluate(place, gradient);

        for (var i = 0; i < LawObjective.Count; i++)
        {
            const double Step = 1e-6;
            double[] above = [.. place], below = [.. place];
            (above[i], below[i]) = (above[i] + Step, below[i] - Step);
            var slope = (objective.Evaluate(above, []) - objective.Evaluate(below, [])) / (2 * Step);
            Assert.InRange(gradient[i], slope - 1e-6, slope + 1e-6);
        }
    }

    [Fact]
    public void Fit_OfPointsThatCannotTell_IsRefusedInWords()
    {
        var points = Synthetic(1, noise: 0);

        Assert.Contains("There are 5 points", Assert.Throws<ArgumentException>(() => LawFitting.Fit([.. points.Take(5)], Cancel)).Message, StringComparison.Ordinal);
        Assert.Contains("the same size", Assert.Throws<ArgumentException>(() => LawFitting.Fit([.. points.Select(point => point with { Parameters = 1e6 })], Cancel)).Message, StringComparison.Ordinal);
        Assert.Contains("resamplings", Assert.Throws<ArgumentException>(() => LawFitting.FitWithIntervals(points, resamplings: 1, cancellationToken: Cancel)).Message, StringComparison.Ordinal);
    }

    /// <summary>Losses far above what nothing gets below, with scatter: the descent may run off to E = 0, and then the range says that little is known.</summary>
    [Fact]
    public void FitWithIntervals_OfPointsThatDoNotTellE_HasARangeFromZero()
    {
        LossPoint[] points =
        [
            new(16464, 607232, 3.236), new(26232, 380928, 3.203), new(43168, 231424, 3.233), new(80112, 124928, 3.376), new(139584, 71680, 3.512), new(16464, 1336320, 2.938),
            new(26232, 838656, 2.839), new(43168, 509952, 2.843), new(26232, 1845248, 2.549), new(16464, 1599488, 2.929), new(43168, 799744, 2.578), new(139584, 799744, 2.011),
        ];

        var (fit, ranges) = LawFitting.FitWithIntervals(points, resamplings: 20, cancellationToken: TestContext.Current.CancellationToken);

        Assert.InRange(fit.Law.Optimum.SizeExponent, 0.3, 0.7);
        Assert.Equal(0, ranges.E.Low);
        Assert.InRange(ranges.E.High, 0.244, 2.011); // the entropy of the stories that these models read is 0.244
    }

    /// <summary>Eight sizes by eight amounts of text, as far apart as Chinchilla's.</summary>
    private static List<LossPoint> Synthetic(ulong seed, double noise)
    {
        var normal = new NormalNumbers(seed + 1000);
        return
        [
            .. from size in Enumerable.Range(0, 8)
               from text in Enumerable.Range(0, 8)
               let point = new ScalingPoint(4e7 * Math.Pow(2.2, size), 1e9 * Math.Pow(2.2, text))
               select new LossPoint(point.Parameters, point.Tokens, s_law.Loss(point) * Math.Exp(noise * normal.Next())),
        ];
    }
}
