using static TinyLM.Model.Architectures.WeightDefinition;

namespace TinyLM.Model.Architectures;

/// <summary>The weights of a Llama, with the names of Hugging Face's <c>LlamaForCausalLM</c>.</summary>
/// <remarks>
/// The rows of queries and keys are in Hugging Face's order: the pairs that a position turns are i and i + D/2 of a head (Meta's
/// and llama2.c's files have 2i and 2i + 1). Queries, keys and values follow each other, as do gate and expansion, so that one
/// product computes them together.
/// </remarks>
internal static class LlamaLayout
{
    /// <summary>The head, where it is not the embedding table.</summary>
    public const string Head = "lm_head.weight";

    /// <summary>All of them, block by block.</summary>
    public static IEnumerable<WeightDefinition> Weights(ModelConfig config)
    {
        var (width, keys, inner) = (config.EmbeddingSize, config.KeyValueSize, config.ActualFeedForwardSize);
        yield return new("model.embed_tokens.weight", [config.VocabularySize, width], Roles.Embedding);
        for (var layer = 0; layer < config.LayerCount; layer++)
        {
            var block = $"model.layers.{layer}";
            yield return new($"{block}.input_layernorm.weight", [width], Roles.Gain);
            yield return new($"{block}.self_attn.q_proj.weight", [width, width], Roles.Linear);
            yield return new($"{block}.self_attn.k_proj.weight", [keys, width], Roles.Linear);
            yield return new($"{block}.self_attn.v_proj.weight", [keys, width], Roles.Linear);
            yield return new($"{block}.self_attn.o_proj.weight", [width, width], Roles.ResidualProjection);
            yield return new($"{block}.post_attention_layernorm.weight", [width], Roles.Gain);
            yield return new($"{block}.mlp.gate_proj.weight", [inner, width], Roles.Linear);
            yield return new($"{block}.mlp.up_proj.weight", [inner, width], Roles.Linear);
            yield return new($"{block}.mlp.down_proj.weight", [width, inner], Roles.ResidualProjection);
        }
        yield return new("model.norm.weight", [width], Roles.Gain);
        if (!config.TiedHead) yield return new(Head, [config.VocabularySize, width], Roles.Head);
    }
}
