using static TorchSharp.torch;

namespace TinyLM.Model.Architectures;

/// <summary>The memory of contiguous CPU tensors, for passes in managed code.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>Address of a tensor's first element; good for as long as the tensor lives.</summary>
    /// <remarks>By a view of one element, since TorchSharp measures its spans in int.</remarks>
    public static void* Address(Tensor tensor)
    {
        if (tensor.device_type != TorchSharp.DeviceType.CPU || !tensor.is_contiguous())
            throw new InvalidOperationException("Only a contiguous tensor on the CPU has memory to look at.");
        using var detached = tensor.detach();
        using var flat = detached.view(-1);
        using var first = flat.narrow(0, 0, 1);
        fixed (byte* address = first.bytes) return address;
    }

    /// <summary>The fp32 numbers of a tensor; good for as long as the tensor lives.</summary>
    public static Span<float> Floats(Tensor tensor) => new(Address(tensor), checked((int)tensor.numel()));

    /// <summary>The int64 numbers of a tensor; good for as long as the tensor lives.</summary>
    public static Span<long> Longs(Tensor tensor) => new(Address(tensor), checked((int)tensor.numel()));
}
