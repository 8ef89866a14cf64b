using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Lab.Tests;

/// <summary>Weights for tests.</summary>
internal static class TestWeights
{
    /// <summary>The names and shapes of a model's weights.</summary>
    public static IEnumerable<(string Name, int[] Shape)> Shapes(ModelConfig config) =>
        config.Family == ModelFamily.Llama ? LlamaShapes(config) : Gpt2Shapes(config);

    /// <summary>The names and shapes of a Llama's weights.</summary>
    public static IEnumerable<(string Name, int[] Shape)> LlamaShapes(ModelConfig config)
    {
        var (width, keys, inner) = (config.EmbeddingSize, config.KeyValueSize, config.ActualFeedForwardSize);
        yield return ("model.embed_tokens.weight", [config.VocabularySize, width]);
        for (var layer = 0; layer < config.LayerCount; layer++)
        {
            var block = $"model.layers.{layer}";
            yield return ($"{block}.input_layernorm.weight", [width]);
            yield return ($"{block}.self_attn.q_proj.weight", [width, width]);
            yield return ($"{block}.self_attn.k_proj.weight", [keys, width]);
            yield return ($"{block}.self_attn.v_proj.weight", [keys, width]);
            yield return ($"{block}.self_attn.o_proj.weight", [width, width]);
            yield return ($"{block}.post_attention_layernorm.weight", [width]);
            yield return ($"{block}.mlp.gate_proj.weight", [inner, width]);
            yield return ($"{block}.mlp.up_proj.weight", [inner, width]);
            yield return ($"{block}.mlp.down_proj.weight", [width, inner]);
        }

        yield return ("model.norm.weight", [width]);
        if (!config.TiedHead) yield return ("lm_head.weight", [config.VocabularySize, width]);
    }

    /// <summary>The names and shapes of a GPT-2 model's weights.</summary>
    public static IEnumerable<(string Name, int[] Shape)> Gpt2Shapes(ModelConfig config)
    {
        var (width, inner) = (config.EmbeddingSize, config.ActualFeedForwardSize);
        yield return ("transformer.wte.weight", [config.VocabularySize, width]);
        yield return ("transformer.wpe.weight", [config.ContextLength, width]);
        for (var layer = 0; layer < config.LayerCount; layer++)
        {
            var block = $"transformer.h.{layer}";
            yield return ($"{block}.ln_1.weight", [width]);
            yield return ($"{block}.ln_1.bias", [width]);
            yield return ($"{block}.attn.c_attn.weight", [3 * width, width]);
            yield return ($"{block}.attn.c_attn.bias", [3 * width]);
            yield return ($"{block}.attn.c_proj.weight", [width, width]);
            yield return ($"{block}.attn.c_proj.bias", [width]);
            yield return ($"{block}.ln_2.weight", [width]);
            yield return ($"{block}.ln_2.bias", [width]);
            yield return ($"{block}.mlp.c_fc.weight", [inner, width]);
            yield return ($"{block}.mlp.c_fc.bias", [inner]);
            yield return ($"{block}.mlp.c_proj.weight", [width, inner]);
            yield return ($"{block}.mlp.c_proj.bias", [width]);
        }

        yield return ("transformer.ln_f.weight", [width]);
        yield return ("transformer.ln_f.bias", [width]);
    }

    /// <summary>
    /// Random weights, large enough that attention is far from even and GELU far from linear; gains about 1, so that no part is idle.
    /// Beyond a width of 16 matrices shrink, so that scores spread no further: a softmax of scores in the hundreds would blow up the
    /// rounding of any correct engine.
    /// </summary>
    public static ModelWeights Random(ModelConfig config, int seed)
    {
        var random = new Random(seed);
        var matrices = Shapes(config).Where(weight => weight.Shape.Length > 1).Select(weight => weight.Name).ToHashSet();
        var scale = Math.Min(1, 4 / MathF.Sqrt(config.EmbeddingSize));
        return Filled(config, (name, _) =>
        {
            var value = random.NextSingle() - 0.5f;
            if (matrices.Contains(name)) return scale * value;
            return name.EndsWith("weight", StringComparison.Ordinal) ? 1 + value : value;
        });
    }

    /// <summary>Weights by name and index.</summary>
    public static ModelWeights Filled(ModelConfig config, Func<string, int, float> value) => new()
    {
        Config = config,
        Tensors = Shapes(config).ToDictionary(
            weight => weight.Name,
            weight =>
            {
                var values = new float[weight.Shape.Aggregate(1, (product, dimension) => product * dimension)];
                for (var i = 0; i < values.Length; i++) values[i] = value(weight.Name, i);
                return new WeightTensor(weight.Shape, values);
            }),
    };
}
