using FsCheck.Xunit;
using TinyLM.Model.Scaling;
using static TinyLM.Lab.Tests.Model.Scaling.ChinchillaReference;

namespace TinyLM.Lab.Tests.Model.Scaling;

public class ParametricLawTests
{
    [Fact]
    public void Loss_OfTheReferencePoints_IsTheReferences()
    {
        var file = Read();
        var evaluations = file.GetProperty("evaluations").EnumerateArray().ToList();

        Assert.Equal(40, evaluations.Count);
        Assert.All(evaluations, one =>
        {
            var point = new ScalingPoint(Number(one, "N"), Number(one, "D"));
            Same(Number(one, "L"), Law(file, one.GetProperty("params").GetString()!).Loss(point));
            Same(Number(one, "C_6ND"), point.Compute);
        });
    }

    [Fact]
    public void Optimum_OfTheReferenceComputes_IsTheReferences()
    {
        var file = Read();
        var optima = file.GetProperty("optimal").EnumerateArray().ToList();

        Assert.Equal(40, optima.Count);
        Assert.All(optima, one =>
        {
            var law = Law(file, one.GetProperty("params").GetString()!);
            var best = law.Optimum.ForCompute(Number(one, "C"));
            Same(Number(one, "N_opt"), best.Parameters);
            Same(Number(one, "D_opt"), best.Tokens);
            Same(Number(one, "tokens_per_param"), best.TokensPerParameter);
            Same(Number(one, "L_opt"), law.Loss(best));
        });
    }

    [Fact]
    public void Exponents_OfTheReferenceLaws_AreTheReferences()
    {
        var file = Read();

        Assert.All(file.GetProperty("params").EnumerateObject(), one =>
        {
            var optimum = Law(file, one.Name).Optimum;
            Same(Number(one.Value, "a_exponent_N"), optimum.SizeExponent);
            Same(Number(one.Value, "b_exponent_D"), optimum.TokenExponent);
        });
    }

    /// <summary>At any law and compute: no neighbour of the optimum is better, and size, text and loss each lead back to it.</summary>
    [Property]
    public void Optimum_AskedByWhateverItHas_IsTheSamePoint(byte alpha, byte beta, byte compute)
    {
        var law = new ParametricLaw(1.7, 400, 1200, 0.2 + alpha / 512.0, 0.2 + beta / 512.0);
        var best = law.Optimum.ForCompute(Math.Pow(10, 15 + compute / 16.0));
        var loss = law.Loss(best);

        Assert.All((double[])[0.9, 1.1], factor => Assert.True(law.Loss(ScalingPoint.OfParameters(best.Parameters * factor, best.Compute)) > loss));
        Same(best.Tokens, law.Optimum.ForParameters(best.Parameters).Tokens);
        Same(best.Parameters, law.Optimum.ForTokens(best.Tokens).Parameters);
        Assert.InRange(law.OptimumForLoss(loss)!.Value.Compute / best.Compute, 1 - 1e-6, 1 + 1e-6); // E is taken off again, which costs digits
    }

    [Fact]
    public void PointsFor_AComputeAndALoss_LieOnEitherSideOfTheBest()
    {
        var law = ScalingFits.Epoch.Law!;
        var best = law.Optimum.ForCompute(1e20);

        var points = law.PointsFor(1e20, law.Loss(best) + 0.05);

        Assert.Equal(2, points.Count);
        Assert.True(points[0].Parameters < best.Parameters && points[1].Parameters > best.Parameters);
        Assert.All(points, point => Same(law.Loss(best) + 0.05, law.Loss(point)));
        Assert.All(points, point => Same(1e20, point.Compute));
        Assert.Empty(law.PointsFor(1e20, law.Loss(best) - 0.01));
        Assert.Single(law.PointsFor(1e20, law.Loss(best)));
    }

    /// <summary>Gopher's compute on its 280B parameters: Chinchilla had the same and was better.</summary>
    [Fact]
    public void WasteOf_TooLargeAModel_IsTheComputeThatTheBestWouldNotHaveNeeded()
    {
        var law = ScalingFits.Epoch.Law!;
        var gopher = ScalingPoint.OfParameters(280e9, 5.76e23);

        var waste = law.WasteOf(gopher);

        Same(law.Loss(gopher) - law.Loss(waste.Best), waste.ExcessLoss);
        Assert.InRange(law.Loss(law.Optimum.ForCompute(waste.NeededCompute)) - law.Loss(gopher), -1e-9, 1e-9);
        Assert.InRange(waste.WastedFraction, 0.3, 0.9);
        Assert.InRange(law.WasteOf(waste.Best).WastedFraction, 0, 1e-6);
    }
}
