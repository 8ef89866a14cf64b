namespace TinyLM.Model.Architectures;

// V = vocabulary, T = context length, C = embedding size, L = layers, N = parameters
// K = width of all keys of a token, M = width inside the feed-forward layer

/// <summary>What a model costs, counted by formula: nothing is built or measured.</summary>
public static class ModelArithmetic
{
    /// <summary>fp32 weight, fp32 gradient and AdamW's two fp32 moments.</summary>
    private const int BytesPerParameter = 16;

    /// <summary>Trainable parameters, a tied head counted once.</summary>
    /// <remarks>
    /// GPT-2: V·C + T·C + L(4C² + 2CM + 9C + M) + 2C, with M = 4C the usual V·C + T·C + L(12C² + 13C) + 2C; Radford et al. 2019, whose
    /// four sizes count 124,439,808, 354,823,168, 774,030,080 and 1,557,611,200. Llama: V·C + L(2C² + 2CK + 3CM + 2C) + C, and V·C
    /// once more with a head of its own.
    /// </remarks>
    public static long ParameterCount(ModelConfig config) => Parts(config).Total;

    /// <summary>The same by what they do; biases stand with the matrices that they belong to.</summary>
    /// <remarks>
    /// GPT-2: embedding V·C, positions T·C, attention L(4C² + 4C), feed-forward L(2CM + M + C), norms L·4C + 2C. Llama: embedding V·C,
    /// attention L(2C² + 2CK), feed-forward L·3CM, norms L·2C + C, and a head of V·C unless it is the embedding.
    /// </remarks>
    public static ParameterParts Parts(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        long width = config.EmbeddingSize, inner = config.ActualFeedForwardSize, layers = config.LayerCount;
        var table = width * config.VocabularySize;
        var isLlama = config.Family == ModelFamily.Llama;
        return new ParameterParts
        {
            Embedding = table,
            Positions = isLlama ? 0 : width * config.ContextLength,
            Attention = layers * (AttentionMatrices(config) + (isLlama ? 0 : 4 * width)),
            FeedForward = layers * (FeedForwardMatrices(config) + (isLlama ? 0 : inner + width)),
            Norms = isLlama ? (2 * layers + 1) * width : (4 * layers + 2) * width,
            Head = isLlama && !config.TiedHead ? table : 0,
        };
    }

    /// <summary>Floating-point operations of forward and backward for one token; llm.c's count unless another is named.</summary>
    /// <remarks>
    /// llm.c takes N with the vocabulary padded to a multiple of 128; so does who gives such a vocabulary here.
    /// </remarks>
    public static double FlopsPerToken(ModelConfig config, FlopsConvention convention = FlopsConvention.Llmc)
    {
        ArgumentNullException.ThrowIfNull(config);
        var attention = 6.0 * config.LayerCount * config.EmbeddingSize; // of one token looking back at one, twice over
        var positions = config.Family == ModelFamily.Gpt2 ? (long)config.EmbeddingSize * config.ContextLength : 0;
        return convention switch
        {
            FlopsConvention.Parameters => 6.0 * ParameterCount(config),
            FlopsConvention.Llmc => 6.0 * ParameterCount(config) + attention * config.ContextLength,
            FlopsConvention.Palm => 6.0 * (ParameterCount(config) - positions) + 2 * attention * config.ContextLength,
            FlopsConvention.Exact => 6.0 * (config.LayerCount * BlockMatrices(config) + (long)config.VocabularySize * config.EmbeddingSize) + attention * (config.ContextLength + 1),
            FlopsConvention.Hoffmann => 6.0 * config.LayerCount * BlockMatrices(config) + (2 * attention + 9.0 * config.LayerCount * config.HeadCount) * config.ContextLength,
            _ => throw new ArgumentOutOfRangeException(nameof(convention), convention, "There is no such convention."),
        };
    }

    /// <summary>Operations of forward alone, as in writing: a third of those of training, which goes back through every product twice.</summary>
    /// <remarks>2N where training is 6N. A token at place t of a text costs 4LCt for attention; this is the mean over the context.</remarks>
    public static double ForwardFlopsPerToken(ModelConfig config, FlopsConvention convention = FlopsConvention.Llmc) => FlopsPerToken(config, convention) / 3;

    /// <summary>Parameters that low-rank adapters (LoRA) add to matrices: r(in + out) each.</summary>
    /// <remarks>Hu et al. 2021, https://arxiv.org/abs/2106.09685, section 4.1: W + BA, with A of (r, in) and B of (out, r).</remarks>
    /// <param name="rank">r.</param>
    /// <param name="inputs">Numbers that a matrix reads.</param>
    /// <param name="outputs">Numbers that it gives.</param>
    /// <param name="matrices">How many such matrices.</param>
    public static long AdapterParameters(int rank, long inputs, long outputs, long matrices = 1) => matrices * rank * (inputs + outputs);

    /// <summary>Bytes of the weights at a number of bits each; scales of quantised blocks come on top.</summary>
    public static double WeightBytes(ModelConfig config, int bits) => ParameterCount(config) * (bits / 8.0);

    /// <summary>Bytes that the keys and values of texts take: 2·L·K numbers a token.</summary>
    /// <param name="config">Shape of the model.</param>
    /// <param name="tokens">Tokens of each text.</param>
    /// <param name="texts">Texts at once.</param>
    /// <param name="bits">Bits of a number.</param>
    public static double KeyValueBytes(ModelConfig config, double tokens, double texts, int bits = 16)
    {
        ArgumentNullException.ThrowIfNull(config);
        return 2.0 * config.LayerCount * config.KeyValueSize * tokens * texts * (bits / 8.0);
    }

    /// <summary>Bytes that training holds at its height: weights, gradients, moments, and what forward keeps for backward, in fp32.</summary>
    /// <remarks>
    /// A block keeps its inputs of norms and products: for each token two norms and their inputs, query, key and value, attention,
    /// both branches, and the hidden layer before and after its non-linearity (in GPT-2 16 numbers a channel in all). The head keeps
    /// its logits, or where they are many what flows back into its rows and into itself and a piece of them (<see cref="ChunkedLoss"/>).
    /// Attention is fused: its scores never stand in memory whole. On a processor each thread has its own gradients, 4 bytes a
    /// parameter more, up to 1 GB in all. Under bf16 the matrices stand a second time: 2 bytes a parameter more, on a graphics card 4.
    /// </remarks>
    /// <param name="config">Shape of the model.</param>
    /// <param name="batchSize">Sequences in a micro-step.</param>
    /// <param name="sequenceLength">Tokens in each; 0 means the context length.</param>
    /// <param name="recomputes">Whether of each block only the input is kept, and one block at a time is computed again.</param>
    public static long TrainingBytes(ModelConfig config, int batchSize, int sequenceLength, bool recomputes = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        var tokens = (long)batchSize * (sequenceLength == 0 ? config.ContextLength : sequenceLength);
        long width = config.EmbeddingSize;
        var hidden = (config.Family == ModelFamily.Llama ? 3L : 2L) * config.ActualFeedForwardSize; // gate, expansion and their product; before and after GELU
        var block = 6 * width + 2L * config.KeyValueSize + hidden;
        var perToken = (recomputes ? config.LayerCount * width + block : config.LayerCount * block) + 4 * width;
        var logits = sizeof(float) * tokens * config.VocabularySize;
        var head = logits <= ChunkedLoss.MostBytes ? logits : ChunkedLoss.MostBytes + sizeof(float) * width * config.VocabularySize;
        return BytesPerParameter * ParameterCount(config) + sizeof(float) * tokens * perToken + head;
    }

    /// <summary>Numbers in the matrices of one block.</summary>
    private static long BlockMatrices(ModelConfig config) => AttentionMatrices(config) + FeedForwardMatrices(config);

    private static long AttentionMatrices(ModelConfig config)
    {
        long width = config.EmbeddingSize;
        return 2 * width * width + 2 * width * config.KeyValueSize;
    }

    private static long FeedForwardMatrices(ModelConfig config) =>
        (config.Family == ModelFamily.Llama ? 3L : 2L) * config.EmbeddingSize * config.ActualFeedForwardSize;
}
