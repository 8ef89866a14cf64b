using System.Text.Json.Serialization;

namespace TinyLM.Model.Training;

/// <summary>Number format of the matrix products in training; weights, gradients and moments are fp32 in each.</summary>
public enum TrainingPrecision
{
    /// <summary>Measured at the start of a run: bf16 where it is faster on this device, else fp32. The choice is recorded.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>32-bit floats throughout: the exact path.</summary>
    [JsonStringEnumMemberName("fp32")]
    Fp32,

    /// <summary>bfloat16 matrix products over fp32 weights.</summary>
    [JsonStringEnumMemberName("bf16")]
    Bf16,
}
