namespace TinyLM.Model.Training;

/// <summary>How a model is trained: batch, schedule, optimizer, and what is done along the way.</summary>
public sealed record TrainingConfig
{
    /// <summary>Number of optimizer steps.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>Sequences in one forward and backward pass (a micro-step).</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Tokens in each sequence; at most the model's context length. 0 means the context length.</summary>
    public int SequenceLength { get; init; }

    /// <summary>Micro-steps whose gradients are averaged before one optimizer step.</summary>
    public int GradientAccumulation { get; init; } = 1;

    /// <summary>Tokens that each optimizer step learns from, in as many micro-steps as it takes; 0 leaves it to <see cref="GradientAccumulation"/>.</summary>
    /// <remarks>As llm.c's total batch size: a multiple of the tokens in a micro-step.</remarks>
    public long TokenBudget { get; init; }

    /// <summary>In which order the training tokens come.</summary>
    public DataOrder DataOrder { get; init; } = DataOrder.Shuffled;

    /// <summary>How gradients become new weights.</summary>
    public TrainingOptimizer Optimizer { get; init; } = TrainingOptimizer.AdamW;

    /// <summary>Highest learning rate, reached after the warm-up.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>How the learning rate goes on after the warm-up.</summary>
    public ScheduleShape Schedule { get; init; } = ScheduleShape.Cosine;

    /// <summary>Learning rate at the end of its fall, as a fraction of <see cref="LearningRate"/>. Hoffmann et al. 2022 use 0.1.</summary>
    public double FinalLearningRateFraction { get; init; } = 0.1;

    /// <summary>Part of all steps in which the learning rate falls, under <see cref="ScheduleShape.WarmupStableDecay"/>. Hägele et al. 2024 find 0.1 to 0.2 enough.</summary>
    public double DecayFraction { get; init; } = 0.2;

    /// <summary>Steps over which the learning rate rises linearly from zero.</summary>
    public int WarmupSteps { get; init; } = 50;

    /// <summary>AdamW's decay of the first moment. Kingma and Ba 2014, https://arxiv.org/abs/1412.6980.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW's decay of the second moment; 0.95 as in GPT-3 (Brown et al. 2020, appendix B).</summary>
    public double Beta2 { get; init; } = 0.95;

    /// <summary>AdamW's guard against division by zero.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay (Loshchilov and Hutter 2017).</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>What weight decay applies to.</summary>
    public WeightDecayTarget WeightDecayTarget { get; init; } = WeightDecayTarget.Matrices;

    /// <summary>Muon's highest learning rate, for the matrices of the blocks; 0 means <see cref="LearningRate"/>. Jordan et al. 2024 use 0.02 with their scale.</summary>
    public double MuonLearningRate { get; init; }

    /// <summary>Muon's decay of the mean of gradients; Nesterov's form. Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/.</summary>
    public double MuonMomentum { get; init; } = 0.95;

    /// <summary>How long Muon's updates are.</summary>
    public MuonScale MuonScale { get; init; } = MuonScale.Moonlight;

    /// <summary>Probability with which numbers are dropped after the embedding, in attention, and from what each branch adds; 0 for none.</summary>
    /// <remarks>Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html; GPT-2 had 0.1 (Radford et al. 2019).</remarks>
    public double Dropout { get; init; }

    /// <summary>Largest global norm of the gradient; longer ones are scaled down to it. 0 turns clipping off.</summary>
    public double GradientClip { get; init; } = 1.0;

    /// <summary>Steps between two measurements of the validation loss; also measured after the last step.</summary>
    public int EvaluationInterval { get; init; } = 100;

    /// <summary>Micro-batches in one measurement of the validation loss; the same ones every time.</summary>
    public int EvaluationBatches { get; init; } = 8;

    /// <summary>Measurements of the validation loss without a new lowest one after which the run ends; 0 never ends it early.</summary>
    /// <remarks>Prechelt 1998, "Early Stopping - But When?", https://doi.org/10.1007/3-540-49430-8_3 (criterion UP, by the lowest loss so far).</remarks>
    public int Patience { get; init; }

    /// <summary>Steps between two samples that the model writes; 0 means none.</summary>
    public int SampleInterval { get; init; } = 100;

    /// <summary>Steps between two checkpoints; one is always written at the end.</summary>
    public int CheckpointInterval { get; init; } = 250;

    /// <summary>Steps between two points of the loss curve.</summary>
    public int LogInterval { get; init; } = 1;

    /// <summary>Seed of the initial weights, the batches and the samples.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Device: <c>auto</c>, <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, <c>mps</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>CPU threads for matrix products; 0 means as many as measure fastest.</summary>
    public int Threads { get; init; }

    /// <summary>Number format of the matrix products.</summary>
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Auto;

    /// <summary>What the forward pass keeps for the backward pass.</summary>
    public ActivationStorage Activations { get; init; } = ActivationStorage.Keep;

    /// <summary>Every broken rule, worded for the person filling the form; empty when sound.</summary>
    public IReadOnlyList<string> Validate(int contextLength)
    {
        var problems = new List<string>();
        Check(Steps is >= 1 and <= 100_000_000, $"Steps are {Steps}; there must be between 1 and 100,000,000.");
        Check(BatchSize is >= 1 and <= 65_536, $"Batch size is {BatchSize}; it must be between 1 and 65,536 sequences.");
        Check(GradientAccumulation is >= 1 and <= 65_536, $"Gradient accumulation is {GradientAccumulation}; it must be between 1 and 65,536 micro-steps.");
        Check(TokenBudget is >= 0 and <= 1L << 40, $"The token budget is {TokenBudget}; it must be between 0 (off) and {1L << 40}.");
        Check(SequenceLength >= 0 && SequenceLength <= contextLength, $"Sequence length is {SequenceLength}; it must be at most the context length of {contextLength} (0 means the context length).");
        Check(LearningRate is > 0 and <= 10_000, $"Learning rate is {LearningRate}; it must be above 0 and at most 10,000.");
        Check(DecayFraction is > 0 and <= 1, $"The decay fraction is {DecayFraction}; it must be above 0 and at most 1.");
        Check(FinalLearningRateFraction is >= 0 and <= 1, $"The final learning rate fraction is {FinalLearningRateFraction}; it must be between 0 and 1.");
        Check(WarmupSteps >= 0 && WarmupSteps <= Steps, $"Warm-up is {WarmupSteps} steps; it must be between 0 and the {Steps} steps of the run.");
        Check(Beta1 is >= 0 and < 1 && Beta2 is >= 0 and < 1, $"Beta 1 and beta 2 are {Beta1} and {Beta2}; each must be at least 0 and below 1.");
        Check(Epsilon is > 0 and <= 1, $"Epsilon is {Epsilon}; it must be above 0 and at most 1.");
        Check(WeightDecay is >= 0 and <= 10, $"Weight decay is {WeightDecay}; it must be between 0 and 10.");
        Check(MuonLearningRate is >= 0 and <= 10_000, $"Muon's learning rate is {MuonLearningRate}; it must be between 0 (the learning rate) and 10,000.");
        Check(MuonMomentum is >= 0 and < 1, $"Muon's momentum is {MuonMomentum}; it must be at least 0 and below 1.");
        Check(Dropout is >= 0 and < 1, $"Dropout is {Dropout}; it must be at least 0 (none) and below 1.");
        Check(GradientClip is >= 0 and <= 1e6, $"Gradient clip is {GradientClip}; it must be between 0 (off) and 1,000,000.");
        Check(EvaluationInterval >= 1, $"The evaluation interval is {EvaluationInterval}; it must be at least 1 step.");
        Check(EvaluationBatches is >= 1 and <= 100_000, $"Evaluation batches are {EvaluationBatches}; there must be between 1 and 100,000.");
        Check(Patience >= 0, $"The patience is {Patience}; it must be at least 0 (never end early).");
        Check(SampleInterval >= 0, $"The sample interval is {SampleInterval}; it must be at least 0 (none).");
        Check(CheckpointInterval >= 1, $"The checkpoint interval is {CheckpointInterval}; it must be at least 1 step.");
        Check(LogInterval >= 1, $"The log interval is {LogInterval}; it must be at least 1 step.");
        Check(Threads is >= 0 and <= 1024, $"Threads are {Threads}; there must be between 0 (automatic) and 1,024.");
        Check(IsDeviceName(Device), $"Device is '{Device}'; expected auto, cpu, cuda, cuda:N or mps.");
        if (problems.Count == 0 && TokenBudget > 0)
        {
            var tokens = (long)BatchSize * LengthIn(contextLength);
            Check(TokenBudget % tokens == 0, $"The token budget is {TokenBudget}, and a batch has {tokens} tokens; it must be a multiple of them, for instance {Math.Max(1, TokenBudget / tokens) * tokens}.");
            Check(GradientAccumulation == 1, $"Gradient accumulation is {GradientAccumulation} beside a token budget of {TokenBudget}; give one of them.");
        }
        return problems;

        void Check(bool holds, string otherwise)
        {
            if (!holds) problems.Add(otherwise);
        }
    }

    /// <summary>Tokens that one optimizer step learns from.</summary>
    /// <param name="contextLength">The model's context length, used where <see cref="SequenceLength"/> is 0.</param>
    public long TokensPerStep(int contextLength) => (long)BatchSize * LengthIn(contextLength) * MicroSteps(contextLength);

    /// <summary>Micro-steps in an optimizer step.</summary>
    /// <param name="contextLength">As in <see cref="TokensPerStep"/>.</param>
    public int MicroSteps(int contextLength) =>
        TokenBudget == 0 ? GradientAccumulation : (int)Math.Clamp(TokenBudget / Math.Max(1, (long)BatchSize * LengthIn(contextLength)), 1, int.MaxValue);

    /// <summary>Tokens in each sequence.</summary>
    /// <param name="contextLength">The model's context length.</param>
    public int LengthIn(int contextLength) => SequenceLength == 0 ? contextLength : SequenceLength;

    private static bool IsDeviceName(string device) =>
        device is "auto" or "cpu" or "cuda" or "mps"
        || (device.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(device.AsSpan(5), out var index) && index is >= 0 and < 64);
}
