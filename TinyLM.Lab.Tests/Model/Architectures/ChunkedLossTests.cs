using TinyLM.Model.Architectures;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace TinyLM.Lab.Tests.Model.Architectures;

/// <summary>The loss by pieces against libtorch's over whole logits in double precision: value, and gradients of rows and head.</summary>
[Collection(TorchTests.Name)]
public class ChunkedLossTests
{
    private const int Rows = 23;
    private const int Width = 40;
    private const int Vocabulary = 333; // no multiple of a register

    /// <summary>fp32 against double precision, relative to the largest number of the tensor.</summary>
    private const double Fp32Tolerance = 3e-6;

    /// <summary>Numbers are rounded to 8 bits of mantissa, in and out.</summary>
    private const double Bf16Tolerance = 1.0 / 64;

    [Theory]
    [InlineData(ScalarType.Float32, true, Fp32Tolerance)]
    [InlineData(ScalarType.BFloat16, true, Bf16Tolerance)]
    [InlineData(ScalarType.Float32, false, Fp32Tolerance)]
    [InlineData(ScalarType.BFloat16, false, Bf16Tolerance)]
    [InlineData(ScalarType.Float64, false, 1e-12)]
    public void Of_AnyPieces_EqualsTheWhole(ScalarType type, bool fused, double tolerance)
    {
        using var scope = NewDisposeScope();
        var targets = tensor([.. Enumerable.Range(0, Rows).Select(i => (long)(i * 29 % Vocabulary))], int64);
        var rows = (Numbers(Rows, Width) * 3).to(type);
        var weights = type == ScalarType.BFloat16 ? Numbers(Vocabulary, Width).to(bfloat16).to(float32) : Numbers(Vocabulary, Width).to(type);
        var (exactRows, exactHead) = (rows.to(float64).requires_grad_(), weights.to(float64).requires_grad_());
        var expected = cross_entropy(exactRows.matmul(exactHead.t()), targets) / 2;
        expected.backward();

        foreach (var rowsAtOnce in (int[])[1, 7, Rows])
        {
            var leaf = rows.detach().clone().requires_grad_();
            using var head = Head(weights, type);
            var loss = ChunkedLoss.Of(leaf, head, targets, 2 * Rows, fused, rowsAtOnce * Vocabulary * leaf.ElementSize);
            loss.backward();

            AssertNear(expected, loss, tolerance);
            AssertNear(exactRows.grad!, leaf.grad!, tolerance);
            AssertNear(exactHead.grad!, head.Gradient, tolerance);
        }
    }

    [Fact]
    public void Of_ScaledAfterwards_ScalesTheGradients()
    {
        using var scope = NewDisposeScope();
        var targets = zeros(Rows, int64);
        var leaf = Numbers(Rows, Width).requires_grad_();
        using var head = Head(Numbers(Vocabulary, Width), ScalarType.Float32);
        ChunkedLoss.Of(leaf, head, targets, Rows, fused: false).backward();
        var (rowGradient, headGradient) = (leaf.grad!.clone(), head.Gradient.clone());

        (ChunkedLoss.Of(leaf, head, targets, Rows, fused: false) * 3).backward();

        AssertNear(rowGradient * 4, leaf.grad!, Fp32Tolerance);
        AssertNear(headGradient * 4, head.Gradient, Fp32Tolerance);
    }

    /// <summary>A head in whose gradient something old stands.</summary>
    private static Weight Head(Tensor values, ScalarType products) =>
        new(0, values.clone(), full_like(values, 7f), products == ScalarType.BFloat16 ? values.to(bfloat16) : null, null);

    private static Tensor Numbers(long rows, long columns)
    {
        var random = new Random(7);
        return tensor([.. Enumerable.Range(0, (int)(rows * columns)).Select(_ => random.NextSingle() * 2 - 1)], [rows, columns], float32);
    }

    private static void AssertNear(Tensor expected, Tensor found, double tolerance)
    {
        var largest = expected.abs().max().to(float64).item<double>();
        Assert.InRange((expected.detach().to(float64) - found.detach().to(float64)).abs().max().item<double>(), 0, tolerance * largest);
    }
}
