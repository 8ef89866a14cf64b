using static TinyLM.Model.Architectures.WeightDefinition;

namespace TinyLM.Model.Architectures;

/// <summary>The weights of GPT-2, with the names of Hugging Face's <c>GPT2LMHeadModel</c>.</summary>
internal static class Gpt2Layout
{
    /// <summary>All of them, block by block.</summary>
    public static IEnumerable<WeightDefinition> Weights(ModelConfig config)
    {
        var (width, inner) = (config.EmbeddingSize, config.ActualFeedForwardSize);
        yield return new("transformer.wte.weight", [config.VocabularySize, width], Roles.Embedding);
        yield return new("transformer.wpe.weight", [config.ContextLength, width], Roles.PositionEmbedding);
        for (var layer = 0; layer < config.LayerCount; layer++)
        {
            var block = $"transformer.h.{layer}";
            yield return new($"{block}.ln_1.weight", [width], Roles.Gain);
            yield return new($"{block}.ln_1.bias", [width], Roles.Bias);
            yield return new($"{block}.attn.c_attn.weight", [3 * width, width], Roles.QueryKeyValue);
            yield return new($"{block}.attn.c_attn.bias", [3 * width], Roles.Bias);
            yield return new($"{block}.attn.c_proj.weight", [width, width], Roles.ResidualProjection);
            yield return new($"{block}.attn.c_proj.bias", [width], Roles.Bias);
            yield return new($"{block}.ln_2.weight", [width], Roles.Gain);
            yield return new($"{block}.ln_2.bias", [width], Roles.Bias);
            yield return new($"{block}.mlp.c_fc.weight", [inner, width], Roles.Linear);
            yield return new($"{block}.mlp.c_fc.bias", [inner], Roles.Bias);
            yield return new($"{block}.mlp.c_proj.weight", [width, inner], Roles.ResidualProjection);
            yield return new($"{block}.mlp.c_proj.bias", [width], Roles.Bias);
        }
        yield return new("transformer.ln_f.weight", [width], Roles.Gain);
        yield return new("transformer.ln_f.bias", [width], Roles.Bias);
    }
}
