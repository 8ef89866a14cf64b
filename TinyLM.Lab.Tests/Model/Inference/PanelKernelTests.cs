using System.Runtime.Intrinsics;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Inference;

namespace TinyLM.Lab.Tests.Model.Inference;

public class PanelKernelTests
{
    /// <summary>Sums of at most 200 products of numbers below 1, in fp32 in any order.</summary>
    private const double Tolerance = 200 * 200 * 1.2e-7 / 2;

    private static readonly PanelKernel[] s_widths =
    [
        new PanelKernel<Lanes128, Vector128<float>>(),
        new PanelKernel<Lanes256, Vector256<float>>(),
        new PanelKernel<Lanes512, Vector512<float>>(),
    ];

    [Property(MaxTest = 200)]
    public Property MultiplyAdd_AnyShape_EqualsTheSumsInDoublePrecision() =>
        Prop.ForAll(Gen.Choose(1, 40).ToArbitrary(), Gen.Choose(1, 70).ToArbitrary(), Gen.Choose(1, 200).ToArbitrary(), (rows, outputs, depth) =>
        {
            var random = new Random(HashCode.Combine(rows, outputs, depth));
            var x = Numbers(random, rows * (depth + 3));
            var w = Numbers(random, outputs * depth);
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
