using MathNet.Numerics.Distributions;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Scaling;

/// <summary>Fits a <see cref="ParametricLaw"/> to trained models as Hoffmann et al. 2022 do, section 3.3: Huber loss on the log of the loss, L-BFGS from a grid of starts.</summary>
public static class LawFitting
{
    /// <summary>Fewest points: one more than there are constants.</summary>
    public const int FewestPoints = LawObjective.Count + 1;

    /// <summary>Resamplings for the ranges, where nothing else is asked.</summary>
    public const int Resamplings = 200;

    /// <summary>Starts of the grid that are descended from; the others lie higher already.</summary>
    private const int Descents = 24;

    /// <summary>Part of the smallest loss below which a fitted E says that the points do not tell it: the descent has run off towards ln 0.</summary>
    private const double UntoldFloor = 0.01;

    /// <summary>The law that leaves the smallest sum.</summary>
    /// <param name="points">Trained models; at least <see cref="FewestPoints"/>, of two sizes and two amounts of text or more.</param>
    /// <param name="cancellationToken">Looked at between descents.</param>
    /// <exception cref="ArgumentException">The points cannot tell the constants apart.</exception>
    public static LawFit Fit(IReadOnlyList<LossPoint> points, CancellationToken cancellationToken = default)
    {
        var (objective, place) = Search(points, cancellationToken);
        return Of(objective, place, points.Count);
    }

    /// <summary>The law and the ranges of its constants, by fitting again to points drawn with replacement.</summary>
    /// <remarks>
    /// Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 12: the standard error over the resamplings times a quantile of
    /// Student's t, on either side of ln E, ln A, ln B, α and β. Where the points do not tell E, its range is from 0 to the largest whose best law
    /// leaves a sum that is not too much larger, as for a profile of squares: Bates and Watts 1988, "Nonlinear Regression Analysis", section 6.1.
    /// </remarks>
    /// <param name="points">As for <see cref="Fit"/>.</param>
    /// <param name="level">How probably a constant lies in its range, above 0 and below 1.</param>
    /// <param name="resamplings">How often to draw; 2 or more.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="cancellationToken">Looked at between descents.</param>
    public static (LawFit Fit, LawIntervals Intervals) FitWithIntervals(
        IReadOnlyList<LossPoint> points, double level = 0.95, int resamplings = Resamplings, ulong seed = 1, CancellationToken cancellationToken = default)
    {
        if (level is not (> 0 and < 1)) throw new ArgumentException($"The level is {level}; it must be above 0 and below 1.", nameof(level));
        if (resamplings < 2) throw new ArgumentException($"{resamplings} resamplings tell no range; take 2 or more.", nameof(resamplings));
        var (objective, place) = Search(points, cancellationToken);
        var random = new Xoshiro256(seed);
        var samples = new List<double[]>(resamplings);
        while (samples.Count < resamplings)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var weights = new int[points.Count];
            for (var i = 0; i < weights.Length; i++) weights[(int)(random.NextDouble() * weights.Length)]++;
            var (again, _) = objective.Weighted(weights).Minimise(place);
            var (a, b) = objective.LogWeights(again);
            samples.Add([a, b, again[2], again[3], again[4], again[4] / (again[3] + again[4])]);
        }

        var quantile = StudentT.InvCDF(0, 1, points.Count - LawObjective.Count, (1 + level) / 2); // wider than the normal one where points are few
        var law = objective.Decode(place);
        var (lowestLoss, floor) = (points.Min(point => point.Loss), Raised(Around(2, Math.Log(law.E))));
        return (Of(objective, place, points.Count), new LawIntervals(
            level,
            law.E < UntoldFloor * lowestLoss || !(floor.High < lowestLoss) ? UntoldRange() : floor, // where some resamplings ran off, the error says nothing
            Raised(Around(0, Math.Log(law.A))),
            Raised(Around(1, Math.Log(law.B))),
            Around(3, law.Alpha),
            Around(4, law.Beta),
            Around(5, law.Optimum.SizeExponent)));

        Interval Around(int index, double value)
        {
            var mean = samples.Average(sample => sample[index]);
            var error = quantile * Math.Sqrt(samples.Sum(sample => (sample[index] - mean) * (sample[index] - mean)) / (samples.Count - 1));
            return new Interval(value - error, value + error);
        }

        Interval UntoldRange()
        {
            var held = objective.HoldingFloor();
            var most = objective.Evaluate(place, []) * (1 + quantile * quantile / (points.Count - LawObjective.Count));
            var (start, low, high) = (place, law.E, lowestLoss);
            for (var round = 0; round < 14; round++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var middle = (low + high) / 2;
                double[] from = [start[0], start[1], Math.Log(middle), start[3], start[4]];
                var (there, sum) = held.Minimise(from);
                if (sum <= most) (start, low) = (there, middle);
                else high = middle;
            }

            return new Interval(0, low);
        }

        static Interval Raised(Interval logs) => new(Math.Exp(logs.Low), Math.Exp(logs.High));
    }

    /// <summary>The sum of Huber losses that a law leaves at points.</summary>
    public static double Objective(ParametricLaw law, IReadOnlyList<LossPoint> points)
    {
        ArgumentNullException.ThrowIfNull(law);
        var objective = new LawObjective(points);
        return objective.Evaluate(objective.Encode(law), []);
    }

    private static LawFit Of(LawObjective objective, double[] place, int points) => new(objective.Decode(place), objective.Evaluate(place, []), points);

    private static (LawObjective Objective, double[] Place) Search(IReadOnlyList<LossPoint> points, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count < FewestPoints) throw new ArgumentException($"There are {points.Count} points; a law of five constants needs {FewestPoints} at least.", nameof(points));
        if (points.DistinctBy(point => point.Parameters).Count() < 2 || points.DistinctBy(point => point.Tokens).Count() < 2)
            throw new ArgumentException("All points have the same size or the same tokens; a law needs two of each at least.", nameof(points));
        var objective = new LawObjective(points);
        var (best, least) = (Array.Empty<double>(), double.PositiveInfinity);
        foreach (var start in Starts(objective).OrderBy(start => objective.Evaluate(start, [])).Take(Descents))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (place, sum) = objective.Minimise(start);
            if (sum < least) (best, least) = (place, sum);
        }

        if (best.Length == 0 || !best.All(double.IsFinite) || best[3] <= 0 || best[4] <= 0)
            throw new ArgumentException("No law fits: the loss does not fall with size and tokens in these points.", nameof(points));
        return (objective, best);
    }

    /// <summary>The paper's grid, without its exponents of 0.</summary>
    private static IEnumerable<double[]> Starts(LawObjective objective) =>
        from alpha in (double[])[0.25, 0.5, 1, 1.5, 2]
        from beta in (double[])[0.25, 0.5, 1, 1.5, 2]
        from e in (double[])[-1, -0.5, 0, 0.5, 1]
        from a in (double[])[0, 5, 10, 15, 20, 25]
        from b in (double[])[0, 5, 10, 15, 20, 25]
        select objective.Encode(a, b, e, alpha, beta);
}
