using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Lab.Tests;

/// <summary>Weights for tests.</summary>
internal static class TestWeights
{
    /// <summary>The names and shapes of a GPT-2 model's weights.</summary>
    public static IEnumerable<(string Name, int[] Shape)> Gpt2Shapes(ModelConfig config)
    {
        var width = config.EmbeddingSize;
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
            yield return ($"{block}.mlp.c_fc.weight", [4 * width, width]);
            yield return ($"{block}.mlp.c_fc.bias", [4 * width]);
            yield return ($"{block}.mlp.c_proj.weight", [width, 4 * width]);
            yield return ($"{block}.mlp.c_proj.bias", [width]);
        }

        yield return ("transformer.ln_f.weight", [width]);
        yield return ("transformer.ln_f.bias", [width]);
    }

    /// <summary>
    /// Random weights, large enough that attention is far from even and GELU far from linear; gains about 1, so that no part is idle.
    /// </summary>
    public static ModelWeights Random(ModelConfig config, int seed)
    {
        var random = new Random(seed);
        return Filled(config, (name, _) =>
            name.Contains("ln_", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal)
                ? 1 + (random.NextSingle() - 0.5f)
                : random.NextSingle() - 0.5f);
    }

    /// <summary>Weights by name and index.</summary>
    public static ModelWeights Filled(ModelConfig config, Func<string, int, float> value) => new()
    {
        Config = config,
        Tensors = Gpt2Shapes(config).ToDictionary(
            weight => weight.Name,
            weight =>
            {
                var values = new float[weight.Shape.Aggregate(1, (product, dimension) => product * dimension)];
                for (var i = 0; i < values.Length; i++) values[i] = value(weight.Name, i);
                return new WeightTensor(weight.Shape, values);
            }),
    };
}
