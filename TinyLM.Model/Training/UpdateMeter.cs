using System.Numerics.Tensors;
using TinyLM.Model.Architectures;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace TinyLM.Model.Training;

/// <summary>Measures how far a step moves the weights, relative to them: ‖w′ − w‖ ÷ ‖w‖, Euclidean. About 1e-3 is usual.</summary>
/// <remarks>
/// Of up to <see cref="Blocks"/> · <see cref="BlockLength"/> weights all are measured; of more, so many blocks spread evenly: the
/// cost stays some milliseconds whatever the model. Karpathy, "makemore part 3", 2022, looks at the same ratio a tensor.
/// </remarks>
/// <param name="values">All weights, flat; outlive the meter.</param>
internal sealed class UpdateMeter(Tensor values)
{
    private const int Blocks = 1024;
    private const int BlockLength = 4096;

    /// <summary>Copies what is to be compared, into the caller's dispose scope.</summary>
    public Tensor Remember() => Sample().clone();

    /// <summary>The ratio; reading it waits for the device.</summary>
    /// <param name="before">From <see cref="Remember"/>.</param>
    public double Measure(Tensor before)
    {
        using var scope = NewDisposeScope();
        return Length(Sample().Minus(before)) / Length(before);
    }

    /// <summary>On a processor in blocks, the blocks in double: libtorch's sum of millions of squares is off in the fourth digit there.</summary>
    private static double Length(Tensor x)
    {
        if (x.device_type != DeviceType.CPU) return x.norm().item<float>();
        var sum = 0.0;
        var rest = (ReadOnlySpan<float>)TensorMemory.Floats(x.contiguous());
        for (; !rest.IsEmpty; rest = rest[Math.Min(BlockLength, rest.Length)..]) sum += TensorPrimitives.SumOfSquares(rest[..Math.Min(BlockLength, rest.Length)]);
        return Math.Sqrt(sum);
    }

    private Tensor Sample()
    {
        var count = values.numel();
        if (count <= (long)Blocks * BlockLength) return values;
        var stride = count / Blocks;
        return values.narrow(0, 0, stride * Blocks).view(Blocks, stride).narrow(1, 0, BlockLength);
    }
}
