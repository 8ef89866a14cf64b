using System.Runtime.Intrinsics;

namespace TinyLM.Model.Architectures;

// N = parameters, V = vocabulary, C = width, K = width of all keys of a token, M = width inside the feed-forward layer, L = layers

/// <summary>Bytes that a worker's process holds at its height while it trains on a processor in fp32, part by part.</summary>
/// <remarks>docs/training-memory.md has it beside measured processes; it is within 15% of them.</remarks>
public sealed record WorkerMemory
{
    /// <summary>The process before it trains: .NET, libtorch and what it loads, the compiler's output. Measured on Linux: a worker of 6,000 parameters holds 235 MB.</summary>
    public const long Base = 232_000_000;

    /// <summary>Most bytes of gradients that replicas have of their own; beyond, there are fewer replicas of several threads each.</summary>
    private const long MostReplicaBytes = 1L << 30;

    /// <summary>On libtorch's functions a piece of logits stands three times: itself, its log-softmax, and the gradient.</summary>
    private const int LogitCopies = 3;

    /// <summary>Weights, gradients and two moments: 16N; and the gradients of each further replica, 4N.</summary>
    public required long State { get; init; }

    /// <summary>Weights and moments copied while a checkpoint is written: 12N.</summary>
    public required long Checkpoint { get; init; }

    /// <summary>What forward keeps for backward.</summary>
    public required long Activations { get; init; }

    /// <summary>What backward makes of a block at a time: a gradient for each number that it kept.</summary>
    public required long Backward { get; init; }

    /// <summary>Pieces of logits, of each replica its own.</summary>
    public required long Logits { get; init; }

    /// <summary>All of it, with the process itself.</summary>
    public long Total => Base + State + Checkpoint + Activations + Backward + Logits;

    /// <summary>The memory of a training.</summary>
    /// <param name="config">Shape of the model.</param>
    /// <param name="batchSize">Sequences in a micro-step.</param>
    /// <param name="sequenceLength">Tokens in each; 0 means the context length.</param>
    /// <param name="recomputes">Whether of each block only the input is kept.</param>
    /// <param name="threads">Threads that train.</param>
    /// <param name="fused">Whether the managed kernels compute, which keep less; null: as on this machine.</param>
    public static WorkerMemory Of(ModelConfig config, int batchSize, int sequenceLength, bool recomputes, int threads, bool? fused = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        var isFused = fused ?? Vector512.IsHardwareAccelerated;
        var parameters = ModelArithmetic.ParameterCount(config);
        var replicas = Math.Clamp(Math.Min(threads, batchSize), 1, 1 + MostReplicaBytes / (sizeof(float) * parameters));
        var tokens = (long)batchSize * (sequenceLength == 0 ? config.ContextLength : sequenceLength);
        long width = config.EmbeddingSize, table = sizeof(float) * width * config.VocabularySize;
        var block = BlockNumbers(config, isFused);
        var numbers = 4 * width + (recomputes ? config.LayerCount * width + 2 * block : config.LayerCount * block); // again: one block, and the one before it that autograd has not let go
        var logits = sizeof(float) * (tokens / replicas) * config.VocabularySize;
        var pieces = logits <= ChunkedLoss.MostBytes ? logits : ChunkedLoss.MostBytes;
        return new WorkerMemory
        {
            State = 16 * parameters + (replicas - 1) * sizeof(float) * parameters,
            Checkpoint = 12 * parameters,
            Activations = sizeof(float) * tokens * numbers,
            Backward = sizeof(float) * tokens * block,
            Logits = replicas * (pieces * (isFused ? 1 : LogitCopies) + (logits > ChunkedLoss.MostBytes ? table : 0)),
        };
    }

    /// <summary>Numbers a token that a block keeps.</summary>
    /// <remarks>
    /// By the managed kernels: two norms and their inputs, query, key and value, attention, both branches, the hidden layer before and after
    /// its non-linearity. On libtorch's functions a GPT-2 keeps 9C + 2M: attention's result a second time, in the order of its tokens; a
    /// Llama 12C + 2K + 4M: each norm's quotient, turned queries and keys, keys and values of every head, and the gate before and after.
    /// </remarks>
    private static long BlockNumbers(ModelConfig config, bool fused)
    {
        long width = config.EmbeddingSize, keys = config.KeyValueSize, inner = config.ActualFeedForwardSize;
        var isLlama = config.Family == ModelFamily.Llama;
        if (fused) return 6 * width + 2 * keys + (isLlama ? 3 : 2) * inner;
        return isLlama ? 12 * width + 2 * keys + 4 * inner : 9 * width + 2 * inner;
    }
}
