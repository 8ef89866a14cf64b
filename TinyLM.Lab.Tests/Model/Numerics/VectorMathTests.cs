using TinyLM.Model.Numerics;

namespace TinyLM.Lab.Tests.Model.Numerics;

public class VectorMathTests
{
    [Fact]
    public void Exp_InDoublePrecision_IsWithinTwoUnitsOfTheLastPlace()
    {
        var random = new Random(5);
        var x = Enumerable.Range(0, 100_003).Select(i => i % 3 == 0 ? -random.NextDouble() : (random.NextDouble() - 0.5) * 1400).ToArray();
        var expected = x.Select(Math.Exp).ToArray();

        VectorMath.Exp(x);

        for (var i = 0; i < x.Length; i++) Assert.Equal(expected[i], x[i], 2 * (Math.BitIncrement(expected[i]) - expected[i]));
    }

    [Fact]
    public void Exp_FarOut_IsNothingInfiniteOrNoNumber()
    {
        double[] doubles = [double.NegativeInfinity, -1e300, -746, 710, double.PositiveInfinity, double.NaN, 0, 1];
        float[] floats = [float.NegativeInfinity, -1e30f, -105, 89.5f, float.PositiveInfinity, float.NaN, 0];

        VectorMath.Exp(doubles);
        VectorMath.Exp(floats);

        Assert.Equal([0, 0, 0, double.PositiveInfinity, double.PositiveInfinity, double.NaN, 1, Math.E], doubles);
        Assert.Equal([0, 0, 0, float.PositiveInfinity, float.PositiveInfinity, float.NaN, 1], floats);
    }

    [Fact]
    public void Sums_AreTheSameWhereverTheNumbersLie()
    {
        var random = new Random(6);
        foreach (var length in (int[])[0, 1, 15, 16, 31, 33, 200, 1001])
        {
            var floats = Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f).ToArray();
            var doubles = floats.Select(one => one * 1.1).ToArray();
            for (var shift = 0; shift < 9; shift++)
            {
                Assert.Equal(VectorMath.Sum(floats), VectorMath.Sum(((float[])[.. new float[shift], .. floats]).AsSpan(shift)));
                Assert.Equal(VectorMath.SumOfSquares(floats), VectorMath.SumOfSquares(((float[])[.. new float[shift], .. floats]).AsSpan(shift)));
                Assert.Equal(VectorMath.Sum(doubles), VectorMath.Sum(((double[])[.. new double[shift], .. doubles]).AsSpan(shift)));
            }

            Assert.Equal(doubles.Sum(), VectorMath.Sum(doubles), 1e-12);
            Assert.Equal(floats.Sum(one => (double)one), VectorMath.Sum(floats), 1e-4);
            Assert.Equal(floats.Sum(one => (double)one * one), VectorMath.SumOfSquares(floats), 1e-4);
        }
    }
}
