using TinyLM.Model.Numerics;

namespace TinyLM.Model.Architectures;

/// <summary>Normally distributed numbers, the same bits on every machine.</summary>
/// <remarks>
/// Marsaglia's polar method (Marsaglia and Bray 1964). The logarithm is computed here from basic operations, which IEEE 754
/// defines to the last bit; the systems' own differ in it.
/// </remarks>
internal sealed class NormalNumbers(ulong seed)
{
    private readonly Xoshiro256 _random = new(seed);
    private double? _spare;

    /// <summary>A number with mean 0 and variance 1.</summary>
    public double Next()
    {
        if (_spare is { } spare)
        {
            _spare = null;
            return spare;
        }
        double x, y, square;
        do
        {
            x = 2 * _random.NextDouble() - 1;
            y = 2 * _random.NextDouble() - 1;
            square = x * x + y * y;
        }
        while (square is 0 or >= 1);
        var factor = Math.Sqrt(-2 * Log(square) / square);
        _spare = y * factor;
        return x * factor;
    }

    /// <summary>Natural logarithm of a normal positive number: ln(m · 2ᵉ) = e ln 2 + 2 artanh((m − 1) / (m + 1)).</summary>
    internal static double Log(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | (1023L << 52)); // 1 to 2
        if (mantissa > 1.4142135623730951)
        {
            mantissa /= 2;
            exponent++;
        }
        var z = (mantissa - 1) / (mantissa + 1); // at most 0.172
        var (square, power, sum) = (z * z, z, 0.0);
        for (var n = 1; n <= 23; n += 2)
        {
            sum += power / n;
            power *= square;
        }
        return exponent * 0.6931471805599453 + 2 * sum;
    }
}
