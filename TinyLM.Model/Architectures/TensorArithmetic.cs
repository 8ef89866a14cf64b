using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Architectures;

/// <summary>Sums and products of tensors whose scalars live until native code has read them.</summary>
/// <remarks>
/// TorchSharp's operators and implicit conversions make a <see cref="Scalar"/>, hand its address to native code and forget it.
/// The collector may free it before it is read: about once in 100,000 sums, under load, libtorch then found a scalar of no known
/// type, or read another number. A test forbids those operators in this assembly.
/// </remarks>
internal static class TensorArithmetic
{
    private static readonly Scalar s_one = 1.ToScalar(); // held for the life of the process
    private static readonly Scalar s_minusOne = (-1).ToScalar();

    /// <summary>The sum of two tensors, in the caller's dispose scope.</summary>
    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, s_one);

    /// <summary>The difference of two tensors, in the caller's dispose scope.</summary>
    public static Tensor Minus(this Tensor x, Tensor y) => x.add(y, s_minusOne);

    /// <summary>A tensor plus a number, in the caller's dispose scope.</summary>
    public static Tensor Plus(this Tensor x, double summand)
    {
        using var held = summand.ToScalar();
        return x.add(held, s_one);
    }

    /// <summary>A tensor times a number, in the caller's dispose scope.</summary>
    public static Tensor Times(this Tensor x, double factor)
    {
        using var held = factor.ToScalar();
        return x.mul(held);
    }

    /// <summary>Multiplies a tensor in place.</summary>
    /// <returns>The same tensor.</returns>
    public static Tensor Scale(this Tensor x, double factor)
    {
        using var held = factor.ToScalar();
        return x.mul_(held);
    }

    /// <summary>Adds a multiple of another tensor in place.</summary>
    /// <returns>The same tensor.</returns>
    public static Tensor Add(this Tensor x, Tensor y, double factor)
    {
        using var held = factor.ToScalar();
        return x.add_(y, held);
    }

    /// <summary>Adds a number in place.</summary>
    /// <returns>The same tensor.</returns>
    public static Tensor Shift(this Tensor x, double number)
    {
        using var held = number.ToScalar();
        return x.add_(held);
    }
}
