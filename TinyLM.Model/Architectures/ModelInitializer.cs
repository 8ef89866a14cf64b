using TinyLM.Model.Checkpoints;

namespace TinyLM.Model.Architectures;

/// <summary>The weights that a model begins with.</summary>
/// <remarks>
/// GPT-2: Radford et al. 2019, section 2.3, and its code, https://github.com/openai/gpt-2/blob/master/src/model.py: normal with
/// deviation 0.02, position embeddings 0.01, gains 1, biases 0; projections onto the residual stream are scaled by 1/√(2L), L the
/// blocks. Llama: the same deviations, as Hugging Face's configuration and llama2.c's training script have them.
/// </remarks>
internal static class ModelInitializer
{
    private const double Deviation = 0.02;
    private const double PositionDeviation = 0.01;

    /// <summary>Initial weights: equal seeds give equal bits on every machine and device.</summary>
    public static ModelWeights Create(ModelConfig config, ulong seed)
    {
        var normal = new NormalNumbers(seed);
        var tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach (var weight in ModelLayout.WeightsOf(config))
        {
            var values = new float[weight.Count];
            if (weight.Role == WeightDefinition.Roles.Gain) Array.Fill(values, 1);
            else if (weight.Role != WeightDefinition.Roles.Bias)
            {
                var deviation = weight.Role switch
                {
                    WeightDefinition.Roles.PositionEmbedding => PositionDeviation,
                    WeightDefinition.Roles.ResidualProjection => Deviation / Math.Sqrt(2 * config.LayerCount),
                    _ => Deviation,
                };
                for (var i = 0; i < values.Length; i++) values[i] = (float)(deviation * normal.Next());
            }
            tensors.Add(weight.Name, new WeightTensor(weight.Shape, values));
        }
        return new ModelWeights { Config = config, Tensors = tensors };
    }
}
