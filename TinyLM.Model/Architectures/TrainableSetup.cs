using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Architectures;

/// <summary>How a model stands in memory and computes.</summary>
/// <param name="Device">Where it lives.</param>
internal sealed record TrainableSetup(Device Device)
{
    /// <summary>Whose weights it uses; null gives it its own, all zero.</summary>
    public FlatParameters? Shared { get; init; }

    /// <summary>Number format of the weights: fp32, or fp64 where exactness is all that counts.</summary>
    public ScalarType Type { get; init; } = ScalarType.Float32;

    /// <summary>Whether matrix products are in bfloat16, over fp32 weights.</summary>
    public bool Bf16 { get; init; }

    /// <summary>Whether managed kernels take the place of libtorch's functions on a processor; null: where it has the registers that make them fast.</summary>
    public bool? Managed { get; init; }
}
