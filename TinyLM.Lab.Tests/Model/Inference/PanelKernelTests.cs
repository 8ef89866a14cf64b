using System.Runtime.Intrinsics;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Inference;
using TinyLM.Model.Numerics;

namespace TinyLM.Lab.Tests.Model.Inference;

public class PanelKernelTests
{
    /// <summary>Sums of at most 200 products of numbers below 1, in fp32 in any order.</summary>
    private const double Tolerance = 200 * 200 * 1.2e-7 / 2;

    private static readonly PanelKernel[] s_widths =
    [
        new PanelKernel<Lanes128, Vector128<float>>(WeightFormat.Fp32),
        new PanelKernel<Lanes256, Vector256<float>>(WeightFormat.Fp32),
        new PanelKernel<Lanes512, Vector512<float>>(WeightFormat.Fp32),
        new PanelKernel<Lanes128, Vector128<float>>(WeightFormat.Bf16),
        new PanelKernel<Lanes256, Vector256<float>>(WeightFormat.Bf16),
        new PanelKernel<Lanes512, Vector512<float>>(WeightFormat.Bf16),
    ];

    [Property(MaxTest = 200)]
    public Property MultiplyAdd_AnyShape_EqualsTheSumsInDoublePrecision() =>
        Prop.ForAll(Gen.Choose(1, 40).ToArbitrary(), Gen.Choose(1, 70).ToArbitrary(), Gen.Choose(1, 200).ToArbitrary(), (rows, outputs, depth) =>
        {
            var random = new Random(HashCode.Combine(rows, outputs, depth));
            var x = Numbers(random, rows * (depth + 3));
            var w = Numbers(random, outputs * depth).Select(one => BitConverter.UInt32BitsToSingle((uint)BrainFloat.Round(one) << 16)).ToArray(); // so that both formats hold the same weights
            var bias = Numbers(random, outputs);
            foreach (var kernel in s_widths)
            {
                var y = Numbers(new Random(1), rows * (outputs + 5));
                var before = y.ToArray();

                new PackedMatrix(kernel, w, outputs, depth, bias)
                    .AddTo(new Rows(x, depth + 3, rows), new Rows(y, outputs + 5, rows));

                for (var r = 0; r < rows; r++)
                {
                    for (var o = 0; o < outputs + 5; o++)
                    {
                        double expected = before[r * (outputs + 5) + o];
                        if (o < outputs)
                        {
                            expected += bias[o];
                            for (var k = 0; k < depth; k++) expected += (double)x[r * (depth + 3) + k] * w[o * depth + k];
                        }

                        Assert.Equal(expected, y[r * (outputs + 5) + o], o < outputs ? Tolerance : 0);
                    }
                }
            }
        });

    [Property(MaxTest = 50)]
    public Property MultiplyAdd_OfManyRows_HasTheBitsOfEachRowAlone() =>
        Prop.ForAll(Gen.Choose(1, 20).ToArbitrary(), Gen.Choose(1, 70).ToArbitrary(), Gen.Choose(1, 200).ToArbitrary(), (rows, outputs, depth) =>
        {
            var random = new Random(HashCode.Combine(rows, outputs, depth));
            var x = Numbers(random, rows * depth);
            var w = Numbers(random, outputs * depth);
            foreach (var kernel in s_widths)
            {
                var matrix = new PackedMatrix(kernel, w, outputs, depth, default);
                var together = new float[rows * outputs];
                var alone = new float[rows * outputs];

                matrix.Apply(new Rows(x, depth, rows), new Rows(together, outputs, rows));
                for (var r = 0; r < rows; r++) matrix.Apply(new Rows(x.AsSpan(r * depth), depth, 1), new Rows(alone.AsSpan(r * outputs), outputs, 1));

                Assert.Equal(alone.Select(BitConverter.SingleToInt32Bits), together.Select(BitConverter.SingleToInt32Bits));
            }
        });

    [Theory]
    [InlineData(0x3F800000u, 0x3F80u)] // 1
    [InlineData(0x3F808000u, 0x3F80u)] // half way, to the even
    [InlineData(0x3F818000u, 0x3F82u)] // half way, to the even
    [InlineData(0x3F808001u, 0x3F81u)]
    [InlineData(0xBF807FFFu, 0xBF80u)]
    [InlineData(0x7F7FFFFFu, 0x7F80u)] // the greatest is nearer to infinity
    [InlineData(0x7F800001u, 0x7FC0u)] // no number stays none
    public void Round_ToBf16_TakesTheNearest(uint bits, uint expected) =>
        Assert.Equal((ushort)expected, BrainFloat.Round(BitConverter.UInt32BitsToSingle(bits)));

    [Fact]
    public void MultiplyAdd_OutputTooShort_IsRefusedBeforeAnythingIsWritten()
    {
        var matrix = new PackedMatrix(PanelKernel.Best, new float[12], 3, 4, default);

        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.AddTo(new Rows(new float[8], 4, 2), new Rows(new float[5], 3, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.AddTo(new Rows(new float[7], 4, 2), new Rows(new float[6], 3, 2)));
    }

    private static float[] Numbers(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
}
