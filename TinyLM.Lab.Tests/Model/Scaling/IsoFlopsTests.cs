using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Tests.Model.Scaling;

public class IsoFlopsTests
{
    private static readonly ParametricLaw s_law = ScalingFits.HoffmannUnrounded.Law!;

    /// <summary>A law is no parabola, but near its lowest place almost: the sizes are found within 6%, their exponent within 0.01.</summary>
    [Fact]
    public void Curves_OfALaw_FindItsOptimum()
    {
        List<LossPoint> points =
        [
            .. from compute in (double[])[1e18, 1e19, 1e20, 1e21]
               from factor in (double[])[0.25, 0.4, 0.63, 1, 1.6, 2.5, 4]
               let point = ScalingPoint.OfParameters(s_law.Optimum.ForCompute(compute).Parameters * factor, compute * (factor > 1 ? 1.01 : 1))
               select new LossPoint(point.Parameters, point.Tokens, s_law.Loss(point)),
        ];

        var curves = IsoFlops.Curves(points);
        var line = IsoFlops.Optimum(curves)!.Value;

        Assert.Equal([7, 7, 7, 7], curves.Select(curve => curve.Points.Count));
        Assert.All(curves, curve => Assert.InRange(curve.Best!.Value.Parameters / s_law.Optimum.ForCompute(curve.Compute).Parameters, 0.94, 1.06));
        Assert.InRange(line.SizeExponent, s_law.Optimum.SizeExponent - 0.01, s_law.Optimum.SizeExponent + 0.01);
    }

    [Fact]
    public void Curves_WithoutALowestPlaceAmongTheirSizes_HaveNoBest()
    {
        List<LossPoint> points = [.. from factor in (double[])[2, 3, 4, 6] let point = ScalingPoint.OfParameters(s_law.Optimum.ForCompute(1e20).Parameters * factor, 1e20) select new LossPoint(point.Parameters, point.Tokens, s_law.Loss(point))];

        var curve = Assert.Single(IsoFlops.Curves(points));

        Assert.Null(curve.Best);
        Assert.Null(IsoFlops.Optimum([curve]));
        Assert.Empty(IsoFlops.Curves([.. points.Take(3)]));
    }
}
