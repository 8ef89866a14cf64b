namespace TinyLM.Model.Architectures;

/// <summary>What numbers a training with AdamW keeps for each parameter.</summary>
public enum TrainingNumbers
{
    /// <summary>fp32 throughout: 4 bytes of weight, 4 of gradient, 8 of moments.</summary>
    Fp32,

    /// <summary>bf16 weights and gradients, fp32 master weights and moments: 2 + 2 + 4 + 8.</summary>
    Mixed,

    /// <summary>bf16 throughout: 2 + 2 + 4.</summary>
    Bf16,
}
