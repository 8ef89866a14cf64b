using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace TinyLM.Model.Scaling;

/// <summary>How badly a law fits points: the sum of Huber losses of ln L(N, D) − ln loss, and its gradient.</summary>
/// <remarks>
/// Hoffmann et al. 2022, equation 3: over a = ln A, b = ln B, e = ln E, so that the law is a sum of exponentials. Here a and b are those at
/// the mean of ln N and of ln D: otherwise a and α all but stand for each other, and the descent creeps along a narrow valley.
/// </remarks>
internal sealed class LawObjective
{
    /// <summary>Constants that are searched, in this order: a, b, e, α, β.</summary>
    public const int Count = 5;

    /// <summary>Beyond this residual a point pulls no harder.</summary>
    private const double Delta = 1e-3;

    /// <summary>The sums are tiny; the minimiser's tolerances are made for numbers near 1.</summary>
    private const double Scale = 1e4;

    private readonly double[] _logParameters, _logTokens, _logLoss;
    private readonly int[] _weights;
    private readonly double _meanParameters, _meanTokens;
    private readonly bool _holdsFloor;

    public LawObjective(IReadOnlyList<LossPoint> points)
    {
        _logParameters = [.. points.Select(point => Math.Log(point.Parameters))];
        _logTokens = [.. points.Select(point => Math.Log(point.Tokens))];
        _logLoss = [.. points.Select(point => Math.Log(point.Loss))];
        (_meanParameters, _meanTokens) = (_logParameters.Average(), _logTokens.Average());
        for (var i = 0; i < points.Count; i++) (_logParameters[i], _logTokens[i]) = (_logParameters[i] - _meanParameters, _logTokens[i] - _meanTokens);
        _weights = new int[points.Count];
        Array.Fill(_weights, 1);
    }

    private LawObjective(LawObjective other, int[] weights, bool holdsFloor)
    {
        _holdsFloor = holdsFloor;
        (_logParameters, _logTokens, _logLoss, _weights) = (other._logParameters, other._logTokens, other._logLoss, weights);
        (_meanParameters, _meanTokens) = (other._meanParameters, other._meanTokens);
    }

    /// <summary>The same points, each counted so often: a resampling.</summary>
    public LawObjective Weighted(int[] weights) => new(this, weights, _holdsFloor);

    /// <summary>The same points, with e left where a start has it.</summary>
    public LawObjective HoldingFloor() => new(this, _weights, holdsFloor: true);

    /// <summary>The constants of a law as they are searched.</summary>
    public double[] Encode(double a, double b, double e, double alpha, double beta) => [a - alpha * _meanParameters, b - beta * _meanTokens, e, alpha, beta];

    /// <inheritdoc cref="Encode(double, double, double, double, double)"/>
    public double[] Encode(ParametricLaw law) => Encode(Math.Log(law.A), Math.Log(law.B), Math.Log(law.E), law.Alpha, law.Beta);

    /// <summary>ln A and ln B of what is searched; the others are as they stand.</summary>
    public (double A, double B) LogWeights(double[] x) => (x[0] + x[3] * _meanParameters, x[1] + x[4] * _meanTokens);

    /// <summary>The law of what is searched.</summary>
    public ParametricLaw Decode(double[] x)
    {
        var (a, b) = LogWeights(x);
        return new ParametricLaw(Math.Exp(x[2]), Math.Exp(a), Math.Exp(b), x[3], x[4]);
    }

    /// <summary>The sum of Huber losses; its gradient goes into <paramref name="gradient"/>, unless that is empty.</summary>
    public double Evaluate(ReadOnlySpan<double> x, Span<double> gradient)
    {
        gradient.Clear();
        var sum = 0.0;
        for (var i = 0; i < _weights.Length; i++)
        {
            if (_weights[i] == 0) continue;
            var (size, text, floor) = (x[0] - x[3] * _logParameters[i], x[1] - x[4] * _logTokens[i], x[2]);
            var most = Math.Max(size, Math.Max(text, floor));
            var (ofSize, ofText, ofFloor) = (Math.Exp(size - most), Math.Exp(text - most), Math.Exp(floor - most));
            var total = ofSize + ofText + ofFloor;
            var residual = most + Math.Log(total) - _logLoss[i];
            var isFar = Math.Abs(residual) > Delta;
            sum += _weights[i] * (isFar ? Delta * (Math.Abs(residual) - Delta / 2) : residual * residual / 2);
            if (gradient.IsEmpty) continue;
            var slope = _weights[i] * (isFar ? Delta * Math.Sign(residual) : residual) / total;
            gradient[0] += slope * ofSize;
            gradient[1] += slope * ofText;
            if (!_holdsFloor) gradient[2] += slope * ofFloor;
            gradient[3] -= slope * ofSize * _logParameters[i];
            gradient[4] -= slope * ofText * _logTokens[i];
        }

        return sum;
    }

    /// <summary>Descends from a start by L-BFGS.</summary>
    /// <returns>The best place that was seen, and its sum.</returns>
    public (double[] Place, double Sum) Minimise(double[] start)
    {
        var (best, least) = (start, Evaluate(start, []));
        var objective = ObjectiveFunction.Gradient(at =>
        {
            var x = at.AsArray() ?? at.ToArray();
            var gradient = new double[Count];
            var sum = Evaluate(x, gradient);
            if (sum < least) (best, least) = ((double[])x.Clone(), sum);
            for (var i = 0; i < Count; i++) gradient[i] *= Scale;
            return (Scale * sum, Vector<double>.Build.Dense(gradient));
        });
        try
        {
            new LimitedMemoryBfgsMinimizer(gradientTolerance: 1e-7, parameterTolerance: 1e-10, functionProgressTolerance: 1e-12, memory: 10, maximumIterations: 500)
                .FindMinimum(objective, Vector<double>.Build.DenseOfArray(start));
        }
        catch (OptimizationException)
        {
            // Near the bottom the sums differ by less than their rounding, and the search along a line gives up: what was found so far counts.
        }

        return (best, least);
    }
}
