namespace TinyLM.Model.Inference;

/// <summary>How a model keeps its weights in memory. All arithmetic is in fp32 in either case.</summary>
public enum WeightFormat
{
    /// <summary>4 bytes a weight: as they were trained.</summary>
    Fp32,

    /// <summary>2 bytes a weight: rounded to the nearest number of 8 significant bits, so that each token reads half of the memory.</summary>
    Bf16,
}
