namespace TinyLM.Model.Architectures;

// V = vocabulary, T = context length, C = embedding size, L = layers, N = parameters

/// <summary>What a model costs, counted by formula: nothing is built or measured.</summary>
public static class ModelArithmetic
{
    /// <summary>fp32 weight, fp32 gradient and AdamW's two fp32 moments.</summary>
    private const int BytesPerParameter = 16;

    /// <summary>Trainable parameters, the tied head counted once: V·C + T·C + L(12C² + 13C) + 2C.</summary>
    /// <remarks>Radford et al. 2019; GPT-2's four sizes count 124,439,808, 354,823,168, 774,030,080 and 1,557,611,200.</remarks>
    public static long ParameterCount(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        long width = config.EmbeddingSize;
        return width * (config.VocabularySize + config.ContextLength)
            + config.LayerCount * (12 * width * width + 13 * width)
            + 2 * width;
    }

    /// <summary>Floating-point operations of forward and backward for one token: 6N + 6LCT, as llm.c counts them.</summary>
    /// <remarks>
    /// https://github.com/karpathy/llm.c, estimate of its train_gpt2.cu: attention is halved, since a token looks only back.
    /// llm.c takes N with the vocabulary padded to a multiple of 128; so does who gives such a vocabulary here.
    /// </remarks>
    public static double FlopsPerToken(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return 6.0 * ParameterCount(config) + 6.0 * config.LayerCount * config.EmbeddingSize * config.ContextLength;
    }

    /// <summary>Bytes that training holds at its height: weights, gradients, moments, and what forward keeps for backward, in fp32.</summary>
    /// <remarks>
    /// A block keeps about 16 numbers a token and channel (two norms, query, key and value, attention, both residuals, the four
    /// times wider hidden layer before and after GELU); the head keeps logits, their softmax and their gradient. Attention is fused:
    /// its scores never stand in memory whole. On a processor each thread has its own gradients, 4 bytes a parameter more, up to
    /// 1 GB in all.
    /// </remarks>
    /// <param name="config">Shape of the model.</param>
    /// <param name="batchSize">Sequences in a micro-step.</param>
    /// <param name="sequenceLength">Tokens in each; 0 means the context length.</param>
    public static long TrainingBytes(ModelConfig config, int batchSize, int sequenceLength)
    {
        ArgumentNullException.ThrowIfNull(config);
        var tokens = (long)batchSize * (sequenceLength == 0 ? config.ContextLength : sequenceLength);
        var perToken = (16L * config.LayerCount + 3) * config.EmbeddingSize + 3L * config.VocabularySize;
        return BytesPerParameter * ParameterCount(config) + sizeof(float) * tokens * perToken;
    }
}
