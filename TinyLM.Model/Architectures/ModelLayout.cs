namespace TinyLM.Model.Architectures;

/// <summary>Which weights a model has, and in which order the engine keeps them.</summary>
internal static class ModelLayout
{
    /// <summary>All weights: matrices first, then gains and biases, so that what decays is one stretch of memory and the rest another.</summary>
    public static IReadOnlyList<WeightDefinition> WeightsOf(ModelConfig config)
    {
        var weights = config.Family switch
        {
            ModelFamily.Gpt2 => Gpt2Layout.Weights(config),
            ModelFamily.Llama => LlamaLayout.Weights(config),
            var family => throw new ArgumentException($"The weights of the family {family} are not known.", nameof(config)),
        };
        return [.. weights.OrderBy(weight => !weight.IsMatrix)]; // stable
    }
}
