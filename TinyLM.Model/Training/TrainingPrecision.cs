using System.Text.Json.Serialization;

namespace TinyLM.Model.Training;

/// <summary>Number format of the matrix products in training; the optimizer's weights, gradients and moments are fp32 in each.</summary>
public enum TrainingPrecision
{
    /// <summary>Measured at the start of a run: bf16 where it is faster on this device, on a graphics card else TF32 where that is, else fp32. The choice is recorded.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>32-bit floats throughout: the exact path.</summary>
    [JsonStringEnumMemberName("fp32")]
    Fp32,

    /// <summary>fp32 whose products are rounded to 10 bits of mantissa on the way in, by NVIDIA's cards from Ampere on (TensorFloat-32).</summary>
    [JsonStringEnumMemberName("tf32")]
    Tf32,

    /// <summary>
    /// bfloat16 matrix products: over fp32 weights on a processor; on a graphics card over bf16 working weights with fp32 master weights.
    /// Micikevicius et al. 2017, "Mixed Precision Training", https://arxiv.org/abs/1710.03740.
    /// </summary>
    [JsonStringEnumMemberName("bf16")]
    Bf16,
}
