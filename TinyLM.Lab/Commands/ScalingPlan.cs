using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Commands;

/// <summary>What <c>scaling --json</c> prints.</summary>
/// <param name="Law">Id of the law.</param>
/// <param name="Parameters">Parameters of the answer.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Compute">Its floating-point operations, 6ND.</param>
/// <param name="Loss">Its loss.</param>
/// <param name="TokensPerParameter">Its tokens a parameter.</param>
/// <param name="ExcessLoss">Its loss above the best of its compute.</param>
/// <param name="WastedFraction">The part of its compute that the best would not need for the same loss.</param>
/// <param name="OtherParameters">Parameters of the second answer, where a compute and a loss have two.</param>
/// <param name="Optima">The best use of the compute by each fit.</param>
internal sealed record ScalingPlan(
    string Law, double Parameters, double Tokens, double Compute, double Loss, double TokensPerParameter, double ExcessLoss, double WastedFraction, double? OtherParameters, IReadOnlyList<ScalingOptimum> Optima)
{
    /// <summary>The plan of a point.</summary>
    public static ScalingPlan Of(ScalingFit fit, ScalingPoint point, ScalingPoint? other)
    {
        var law = fit.Law!;
        var waste = law.WasteOf(point);
        return new ScalingPlan(
            fit.Id, point.Parameters, point.Tokens, point.Compute, law.Loss(point), point.TokensPerParameter, waste.ExcessLoss, waste.WastedFraction, other?.Parameters,
            [.. ScalingFits.All.Select(one => ScalingOptimum.Of(one, point.Compute))]);
    }
}

/// <summary>The best use of a compute by a fit.</summary>
/// <param name="Fit">Id of the fit.</param>
/// <param name="Parameters">Parameters.</param>
/// <param name="Tokens">Tokens.</param>
/// <param name="TokensPerParameter">Tokens a parameter.</param>
/// <param name="Loss">The loss there; null where the fit knows none.</param>
internal sealed record ScalingOptimum(string Fit, double Parameters, double Tokens, double TokensPerParameter, double? Loss)
{
    /// <summary>The best use of a compute.</summary>
    public static ScalingOptimum Of(ScalingFit fit, double compute)
    {
        var best = fit.Optimum.ForCompute(compute);
        return new ScalingOptimum(fit.Id, best.Parameters, best.Tokens, best.TokensPerParameter, fit.Law?.Loss(best));
    }
}

/// <summary>What <c>scaling fit --json</c> prints.</summary>
/// <param name="Law">The constants.</param>
/// <param name="SizeExponent">a in N ∝ C^a.</param>
/// <param name="Ranges">Where they probably lie.</param>
/// <param name="Objective">Sum of Huber losses.</param>
/// <param name="Points">Number of points.</param>
internal sealed record FittedLaw(ParametricLaw Law, double SizeExponent, LawIntervals Ranges, double Objective, int Points);
