using TinyLM.Model.Architectures;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests;

/// <summary>Small trainings for tests.</summary>
internal static class TrainingRuns
{
    public static TrainingPlan Exact { get; } = new() { Device = "cpu", Threads = 1, Precision = TrainingPrecision.Fp32 };

    public static ModelConfig TinyModel { get; } = new() { VocabularySize = 300, ContextLength = 16, EmbeddingSize = 32, LayerCount = 2, HeadCount = 2 };

    /// <summary>A Llama with grouped queries and a head of its own, heads not a multiple of a register.</summary>
    public static ModelConfig TinyLlama { get; } = new()
    {
        Family = ModelFamily.Llama,
        VocabularySize = 300,
        ContextLength = 16,
        EmbeddingSize = 48,
        LayerCount = 2,
        HeadCount = 4,
        KeyValueHeadCount = 2,
        TiedHead = false,
    };

    /// <summary>The tiny model of a family.</summary>
    public static ModelConfig Tiny(ModelFamily family) => family == ModelFamily.Llama ? TinyLlama : TinyModel;

    /// <summary>Batches cut from a token file one after the other, from a batch index on.</summary>
    public static BatchFiller Sequential(int[] tokens, Func<int> nextBatch) => (inputs, targets) =>
    {
        var start = nextBatch() * inputs.Length;
        tokens.AsSpan(start, inputs.Length).CopyTo(inputs);
        tokens.AsSpan(start + 1, targets.Length).CopyTo(targets);
    };

    /// <summary>Random batches in which each token tells the next, so that there is something to learn.</summary>
    public static BatchFiller Learnable(int vocabularySize, int seed)
    {
        var random = new Random(seed);
        return (inputs, targets) =>
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                inputs[i] = random.Next(vocabularySize);
                targets[i] = (inputs[i] * 7 + 3) % vocabularySize;
            }
        };
    }
}
