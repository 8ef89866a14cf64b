using System.Globalization;

namespace TinyLM.Model.Scaling;

/// <summary>What is known of a training; any two of the four, or one of them, to be used in the best way.</summary>
/// <param name="Parameters">Parameters, N.</param>
/// <param name="Tokens">Tokens, D.</param>
/// <param name="Compute">Floating-point operations, 6ND.</param>
/// <param name="Loss">Loss, nats per token.</param>
public sealed record ScalingQuestion(double? Parameters = null, double? Tokens = null, double? Compute = null, double? Loss = null)
{
    /// <summary>The largest numbers that are answered; far beyond what anybody could train.</summary>
    public const double MostParameters = 1e18, MostTokens = 1e21, MostCompute = 1e36, MostLoss = 100;

    private int Known => new[] { Parameters, Tokens, Compute, Loss }.Count(value => value is not null);

    /// <summary>Every broken rule, worded for the person who asks; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        Check("Parameters", Parameters, MostParameters);
        Check("Tokens", Tokens, MostTokens);
        Check("Compute", Compute, MostCompute);
        if (Loss is { } loss && loss is not (> 0 and <= MostLoss)) problems.Add($"Loss is {In(loss)}; it must be above 0 and at most {In(MostLoss)} nats per token.");
        if (Known == 0) problems.Add("Nothing is given yet: give two of parameters, tokens, compute and loss, or one to see its best use.");
        if (Known > 2) problems.Add($"{Known} numbers are given; two say it all. Leave {(Known == 3 ? "one" : "two")} of them empty.");
        return problems;

        void Check(string name, double? value, double most)
        {
            if (value is { } number && !(number >= 1 && number <= most)) problems.Add($"{name} are {In(number)}; it must be a number from 1 to {In(most)}.".Replace("Compute are", "Compute is", StringComparison.Ordinal));
        }
    }

    /// <summary>The rest, by a law.</summary>
    public ScalingAnswer Answer(ParametricLaw law)
    {
        ArgumentNullException.ThrowIfNull(law);
        if (Validate() is [_, ..] problems) return new ScalingAnswer { Problem = string.Join(' ', problems) };
        if (Loss is { } asked && asked <= law.E)
            return new ScalingAnswer { Problem = $"No model gets to a loss of {In(asked)} by this law: endless parameters and tokens would leave {In(law.E)}." };
        return (Parameters, Tokens, Compute, Loss) switch
        {
            ({ } n, { } d, _, _) => Of(new ScalingPoint(n, d)),
            ({ } n, _, { } c, _) => Of(ScalingPoint.OfParameters(n, c)),
            ({ } n, _, _, { } loss) => law.TokensFor(n, loss) is { } d ? Of(new ScalingPoint(n, d)) : TooLittle($"{In(n)} parameters", loss, law.E + law.A / Math.Pow(n, law.Alpha)),
            (_, { } d, { } c, _) => Of(ScalingPoint.OfTokens(d, c)),
            (_, { } d, _, { } loss) => law.ParametersFor(d, loss) is { } n ? Of(new ScalingPoint(n, d)) : TooLittle($"{In(d)} tokens", loss, law.E + law.B / Math.Pow(d, law.Beta)),
            (_, _, { } c, { } loss) => law.PointsFor(c, loss) switch
            {
                [] => TooLittle($"{In(c)} operations", loss, law.Loss(law.Optimum.ForCompute(c))),
                [var only] => Of(only),
                [var small, var large, ..] => Of(small, large),
            },
            ({ } n, _, _, _) => Of(law.Optimum.ForParameters(n)),
            (_, { } d, _, _) => Of(law.Optimum.ForTokens(d)),
            (_, _, { } c, _) => Of(law.Optimum.ForCompute(c)),
            _ => Of(law.OptimumForLoss(Loss!.Value)!.Value),
        };
    }

    private static ScalingAnswer TooLittle(string given, double loss, double best) =>
        new() { Problem = $"{given} do not get to a loss of {In(loss)} by this law, whatever the rest: they end at {In(best)}." };

    private static ScalingAnswer Of(ScalingPoint point, ScalingPoint? other = null)
    {
        if (IsInRange(point)) return new ScalingAnswer { Point = point, Other = other is { } second && IsInRange(second) ? second : null };
        if (other is { } alone && IsInRange(alone)) return new ScalingAnswer { Point = alone };
        return new ScalingAnswer { Problem = $"That would be {In(point.Parameters)} parameters and {In(point.Tokens)} tokens, beyond what is answered: 1 to {In(MostParameters)} parameters, 1 to {In(MostTokens)} tokens." };
    }

    private static bool IsInRange(ScalingPoint point) => point is { Parameters: >= 1 and <= MostParameters, Tokens: >= 1 and <= MostTokens };

    private static string In(double value) => double.IsFinite(value)
        ? value.ToString(Math.Abs(value) is >= 1e6 or (< 1e-3 and > 0) ? "0.###e0" : "#,0.####", CultureInfo.InvariantCulture)
        : "no finite number";
}
