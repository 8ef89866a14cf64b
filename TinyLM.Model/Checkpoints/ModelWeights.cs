using TinyLM.Model.Architectures;

namespace TinyLM.Model.Checkpoints;

/// <summary>An immutable snapshot of a model's weights in memory, in fp32.</summary>
/// <remarks>
/// Names are those of Hugging Face's <c>GPT2LMHeadModel</c> (<c>transformer.h.0.attn.c_attn.weight</c>, …) or
/// <c>LlamaForCausalLM</c> (<c>model.layers.0.self_attn.q_proj.weight</c>, …). Matrices are stored as (out, in), row-major, one row an output; files in Hugging Face's GPT-2 format hold the transpose
/// (its Conv1D), which the checkpoint reader and writer turn.
/// </remarks>
public sealed record ModelWeights
{
    /// <summary>The shape of the model.</summary>
    public required ModelConfig Config { get; init; }

    /// <summary>All weights by name.</summary>
    public required IReadOnlyDictionary<string, WeightTensor> Tensors { get; init; }
}

/// <summary>One weight: its shape and its values, row-major. Nobody writes to the values after construction.</summary>
/// <param name="Shape">Dimensions, outermost first.</param>
/// <param name="Values">As many values as the product of the dimensions.</param>
public sealed record WeightTensor(IReadOnlyList<int> Shape, ReadOnlyMemory<float> Values);
