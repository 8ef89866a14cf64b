using TinyLM.Model.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Training;

// K = matrices, M = rows, N = columns

/// <summary>The nearest matrix whose singular values are all about 1, by products alone.</summary>
/// <remarks>
/// Five steps of X ← aX + (bA + cA²)X with A = XXᵀ, whose constants make small singular values grow fast and leave all between
/// 0.68 and 1.14. Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/.
/// </remarks>
internal static class NewtonSchulz
{
    /// <summary>The constants a, b, c.</summary>
    internal const float A = 3.4445f, B = -4.7750f, C = 2.0315f;

    /// <summary>Times that the polynomial is applied.</summary>
    internal const int Steps = 5;

    /// <summary>From so many times more columns than rows on, the products of small matrices are fewer.</summary>
    private const int Wide = 2;

    /// <summary>Orthogonalises matrices.</summary>
    /// <param name="x">(K, M, N), fp32 or bf16, each of Frobenius norm 1 at most; the caller keeps it.</param>
    /// <returns>(K, M, N), of the same type, in the caller's dispose scope.</returns>
    public static Tensor Orthogonalize(Tensor x)
    {
        using var scope = NewDisposeScope();
        var tall = x.shape[1] > x.shape[2];
        var wide = tall ? x.transpose(1, 2) : x;
        // bf16 has too few digits for a Gram matrix that is carried from step to step.
        var found = x.dtype == float32 && wide.shape[2] >= Wide * wide.shape[1] ? ByGram(wide) : Directly(wide);
        return (tall ? found.transpose(1, 2) : found).contiguous().MoveToOuterDisposeScope();
    }

    private static Tensor Directly(Tensor x)
    {
        for (var step = 0; step < Steps; step++)
        {
            var gram = x.bmm(x.transpose(1, 2));
            x = Add(x, A, Odd(gram), x);
        }
        return x;
    }

    /// <summary>
    /// The same polynomial, since all factors are polynomials of the first Gram matrix G and commute: X is multiplied once by the
    /// product Q of all P = aI + bG + cG², and G becomes PGP.
    /// </summary>
    private static Tensor ByGram(Tensor x)
    {
        var gram = x.bmm(x.transpose(1, 2));
        Tensor? product = null;
        for (var step = 0; step < Steps; step++)
        {
            var odd = Odd(gram); // P − aI
            if (product is null)
            {
                product = odd.clone();
                product.diagonal(0, 1, 2).Shift(A);
            }
            else
            {
                product = Add(product, A, odd, product);
            }
            if (step == Steps - 1) break;
            var once = Add(gram, A, odd, gram);
            gram = Add(once, A, once, odd);
        }
        return product!.bmm(x);
    }

    /// <summary>bA + cA².</summary>
    private static Tensor Odd(Tensor gram) => Add(gram, B, gram, gram, C);

    /// <summary>factor · x + productFactor · left · right.</summary>
    /// <remarks>TorchSharp calls it on the left matrix and takes the sum last; its static form mixes them up.</remarks>
    private static Tensor Add(Tensor x, float factor, Tensor left, Tensor right, float productFactor = 1) =>
        left.baddbmm(right, x, beta: factor, alpha: productFactor);
}
