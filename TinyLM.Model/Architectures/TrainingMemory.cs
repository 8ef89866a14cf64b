namespace TinyLM.Model.Architectures;

// s = tokens of a sequence, b = sequences, h = width, a = heads: the letters of Korthikanti et al.

/// <summary>Bytes that training takes on a device, part by part, as the literature counts them; <see cref="ModelArithmetic.TrainingBytes"/> is what this lab's own training takes.</summary>
public sealed record TrainingMemory
{
    /// <summary>The weights that forward reads.</summary>
    public required double Weights { get; init; }

    /// <summary>Their gradients.</summary>
    public required double Gradients { get; init; }

    /// <summary>Weights in fp32 that the optimizer changes, where forward reads others.</summary>
    public required double MasterWeights { get; init; }

    /// <summary>AdamW's two moments.</summary>
    public required double Moments { get; init; }

    /// <summary>What forward keeps of the blocks for backward.</summary>
    public required double Activations { get; init; }

    /// <summary>Logits, in fp32.</summary>
    public required double Logits { get; init; }

    /// <summary>All of it.</summary>
    public double Total => Weights + Gradients + MasterWeights + Moments + Activations + Logits;

    /// <summary>The count of a model.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="numbers">What is kept for each parameter.</param>
    /// <param name="sequences">Sequences in a pass.</param>
    /// <param name="tokens">Tokens of each.</param>
    /// <param name="keeping">What is kept of the blocks.</param>
    public static TrainingMemory Of(ModelConfig config, TrainingNumbers numbers, double sequences, double tokens, ActivationKeeping keeping)
    {
        ArgumentNullException.ThrowIfNull(config);
        double parameters = ModelArithmetic.ParameterCount(config);
        var number = numbers == TrainingNumbers.Fp32 ? 4 : 2;
        return new TrainingMemory
        {
            Weights = number * parameters,
            Gradients = number * parameters,
            MasterWeights = numbers == TrainingNumbers.Mixed ? 4 * parameters : 0,
            Moments = (numbers == TrainingNumbers.Bf16 ? 4 : 8) * parameters,
            Activations = ActivationBytes(config, sequences, tokens, keeping, isFp32: number == 4),
            Logits = 4 * sequences * tokens * config.VocabularySize,
        };
    }

    /// <summary>Bytes a token and channel that a block keeps beside its scores: 34 in 16 bits; the two masks of dropout are bytes in fp32 too.</summary>
    public static int BlockBytes(bool isFp32) => isFp32 ? 66 : 34;

    /// <summary>Bytes a score: before and after the softmax and after dropout's mask, which is a byte.</summary>
    public static int ScoreBytes(bool isFp32) => isFp32 ? 9 : 5;

    /// <summary>Bytes that the blocks keep: L·s·b·h(34 + 5·a·s/h) in 16 bits; L·s·b·h·34 without scores; of the inputs alone L·s·b·h·2, and one whole block.</summary>
    /// <remarks>
    /// Korthikanti et al. 2022, https://arxiv.org/abs/2205.05198, section 4.1, for GPT's blocks with a hidden layer of 4h and dropout. A
    /// Llama's differ: three matrices in place of two, fewer keys and values, no masks.
    /// </remarks>
    public static double ActivationBytes(ModelConfig config, double sequences, double tokens, ActivationKeeping keeping, bool isFp32 = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        var channels = tokens * sequences * config.EmbeddingSize; // s·b·h
        var block = channels * BlockBytes(isFp32);
        return keeping switch
        {
            ActivationKeeping.Everything => config.LayerCount * (block + ScoreBytes(isFp32) * (double)config.HeadCount * tokens * tokens * sequences),
            ActivationKeeping.WithoutScores => config.LayerCount * block,
            ActivationKeeping.BlockInputs => config.LayerCount * channels * (isFp32 ? 4 : 2) + block,
            _ => throw new ArgumentOutOfRangeException(nameof(keeping), keeping, "There is no such way."),
        };
    }
}
