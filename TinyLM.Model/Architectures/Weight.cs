using TinyLM.Model.Architectures.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TinyLM.Model.Architectures;

/// <summary>A weight, or matrices that lie one after the other as one: its numbers, and where its gradient is gathered.</summary>
/// <remarks>
/// A gradient comes by autograd, which adds it, or from functions that write it where the optimizer reads it, the first of a step
/// over what was there: a pass over memory less for each.
/// </remarks>
internal sealed unsafe class Weight : IDisposable
{
    /// <param name="offset">Of its first number in the flat tensors.</param>
    /// <param name="value">Its numbers.</param>
    /// <param name="gradient">Their gradient.</param>
    /// <param name="working">The numbers in the format of the products; null where that is their own.</param>
    /// <param name="workingGradient">What autograd adds to as the gradient of <paramref name="working"/>; null where functions gather it.</param>
    public Weight(long offset, Tensor value, Tensor gradient, Tensor? working, Tensor? workingGradient)
    {
        (Offset, Gradient) = (offset, gradient);
        Leaf = LeafOf(value, gradient);
        Working = working is null ? Leaf : workingGradient is null ? working : LeafOf(working, workingGradient);
        WorkingGradient = workingGradient;
    }

    /// <summary>Of its first number in the flat tensors.</summary>
    public long Offset { get; }

    /// <summary>Its numbers, exact; a leaf of autograd.</summary>
    public Tensor Leaf { get; }

    /// <summary>Its numbers in the format of the products.</summary>
    public Tensor Working { get; }

    /// <summary>The gradient of the exact numbers.</summary>
    public Tensor Gradient { get; }

    /// <summary>Whether the gradient was written in this step; else what is added first replaces it.</summary>
    public bool Stands { get; set; }

    private Tensor? WorkingGradient { get; }

    /// <summary>Adds left · right to the gradient.</summary>
    public void AddProduct(Tensor left, Tensor right)
    {
        if (left.dtype == Gradient.dtype)
        {
            Gradient.addmm_(left, right, Stands ? 1 : 0, 1);
            Stands = true;
            return;
        }
        using var product = left.mm(right);
        Add(product);
    }

    /// <summary>Adds to the gradient.</summary>
    /// <param name="summand">Of its shape, in any format.</param>
    public void Add(Tensor summand)
    {
        if (!Stands) Gradient.copy_(summand);
        else if (summand.dtype == bfloat16 && summand.device_type == DeviceType.CPU)
            SumKernel.Add<Bf16>(TensorMemory.Address(summand), (float*)TensorMemory.Address(Gradient), (nint)summand.numel());
        else Gradient.Add(summand, 1);
        Stands = true;
    }

    /// <summary>Adds rows to rows of the gradient.</summary>
    /// <param name="indices">Which, (R).</param>
    /// <param name="rows">(R, columns).</param>
    public void AddRows(Tensor indices, Tensor rows)
    {
        if (!Stands) Gradient.zero_();
        using var one = 1.ToScalar();
        Gradient.index_add_(0, indices, rows, one);
        Stands = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Leaf.grad = null;
        if (!ReferenceEquals(Working, Leaf))
        {
            if (WorkingGradient is not null) Working.grad = null;
            Working.Dispose();
        }
        WorkingGradient?.Dispose();
        Leaf.Dispose();
        Gradient.Dispose();
    }

    private static Parameter LeafOf(Tensor value, Tensor gradient)
    {
        var leaf = (Parameter)new Parameter(value).DetachFromDisposeScope();
        leaf.grad = gradient;
        return leaf;
    }
}
