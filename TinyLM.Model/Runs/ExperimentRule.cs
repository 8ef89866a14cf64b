using TinyLM.Model.Architectures;
using TinyLM.Model.Corpora;
using TinyLM.Model.Training;

namespace TinyLM.Model.Runs;

// C = width, L = layers, D = tokens of a run

/// <summary>How the models of a <see cref="ScalingExperiment"/> are shaped and trained: the same rule for every point, so that nothing differs but size and text.</summary>
/// <remarks>
/// <para>Shape: a Llama with a tied head and a vocabulary of 512, small enough that tables do not make up the smallest models; L = C / 32, at least
/// 2; heads about 32 wide; a context of 128 tokens.</para>
/// <para>Training: Muon on the matrices, whose update has the same length at each width (<see cref="MuonScale.Moonlight"/>), so that one
/// learning rate is near the best for all; it falls to a twentieth by a cosine that ends with the run. A step has 1,024 tokens, and twice as
/// many as often as at least <see cref="UsualSteps"/> steps are left. docs/scaling-experiment.md has what was tried.</para>
/// <para>Text: as much as the longest run reads, so that none reads anything twice, up to <see cref="MostStoryBytes"/>.</para>
/// </remarks>
public static class ExperimentRule
{
    /// <summary>Tokens of the vocabulary.</summary>
    public const int Vocabulary = 512;

    /// <summary>Tokens that a model reads at once.</summary>
    public const int Context = 128;

    /// <summary>Highest learning rate of every run.</summary>
    public const double LearningRate = 0.02;

    /// <summary>Sequences in the smallest step.</summary>
    public const int Batch = 8;

    /// <summary>Steps above which a run takes more tokens a step rather than more steps.</summary>
    public const int UsualSteps = 1500;

    /// <summary>Fewest steps in which a model learns anything.</summary>
    public const int FewestSteps = 60;

    /// <summary>Part of the steps in which the learning rate rises.</summary>
    public const double WarmupPart = 0.05;

    /// <summary>Tokens that the loss of each run is measured on, the same for all.</summary>
    public const int MeasuredTokens = 65_536;

    /// <summary>What measuring costs a run, in tokens learned from: before the first step and after the last, forward alone, a third of a step.</summary>
    public const double MeasuredAsTrained = 2 * MeasuredTokens / 3.0;

    /// <summary>Bytes a token of this vocabulary on stories: 2.2 were measured.</summary>
    public const double BytesPerToken = 2.2;

    /// <summary>Least and most text that the story world is asked for.</summary>
    public const long LeastStoryBytes = 4_000_000, MostStoryBytes = 1_000_000_000;

    private const double HeadWidth = 32;

    private static readonly int[] s_widths = [8, 12, 16, 24, 32, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384, 512, 640, 768, 1024, 1280, 1536, 2048];

    /// <summary>The shapes that experiments are made of, the smallest first.</summary>
    public static IReadOnlyList<ModelConfig> Ladder { get; } = [.. s_widths.Select(Shape)];

    /// <summary>What all runs of an experiment have.</summary>
    public static RunSpec Start(ExperimentOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return new RunSpec
        {
            Data = new DataSpec { Corpus = order.Corpus },
            Tokenizer = new TokenizerSpec { VocabularySize = Vocabulary },
            Training = new TrainingConfig { Optimizer = TrainingOptimizer.Muon, FinalLearningRateFraction = 0.05, SampleInterval = 0, Device = order.Device, Seed = order.Seed },
        };
    }

    /// <summary>The text of an experiment: its validation part has about as many tokens as are measured.</summary>
    /// <param name="start">What all runs have.</param>
    /// <param name="bytes">Bytes of text: those that the story world is asked for, or those that the corpus has.</param>
    public static RunSpec Text(RunSpec start, long bytes)
    {
        ArgumentNullException.ThrowIfNull(start);
        var fraction = Math.Clamp(Math.Round(1.1 * MeasuredTokens * BytesPerToken / Math.Max(1, bytes), 4), 0.0001, 0.1);
        return start with { Data = start.Data with { StoryBytes = Math.Clamp(bytes, LeastStoryBytes, MostStoryBytes), ValidationFraction = fraction } };
    }

    /// <summary>Text that a number of tokens need when none is read twice, in bytes.</summary>
    public static long StoryBytes(double tokens) => (long)Math.Clamp(Math.Ceiling(tokens * BytesPerToken * 1.1 / 1e6) * 1e6, LeastStoryBytes, MostStoryBytes);

    /// <summary>The settings of one point.</summary>
    /// <param name="start">What all runs have.</param>
    /// <param name="model">The size.</param>
    /// <param name="tokens">The tokens.</param>
    public static RunSpec Train(RunSpec start, ModelConfig model, double tokens)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(model);
        var batch = Batch;
        while (batch < 4096 && tokens / (2.0 * batch * Context) >= UsualSteps) batch *= 2;
        var steps = (int)Math.Clamp(Math.Round(tokens / ((double)batch * Context)), 1, RunExtension.MostSteps);
        return start with
        {
            Name = Name(model, (double)steps * batch * Context),
            Model = model,
            Training = start.Training with
            {
                Steps = steps,
                BatchSize = batch,
                LearningRate = LearningRate,
                WarmupSteps = Math.Min(steps, (int)Math.Ceiling(WarmupPart * steps)),
                EvaluationInterval = steps,
                EvaluationBatches = Math.Max(1, MeasuredTokens / (batch * Context)),
                CheckpointInterval = steps,
                LogInterval = Math.Max(1, steps / 200),
            },
        };
    }

    /// <summary>The settings of a run beyond an experiment, by its rule.</summary>
    /// <param name="earlier">A run of the experiment.</param>
    /// <param name="parameters">The size wished for; the nearest shape is taken.</param>
    /// <param name="tokens">The tokens.</param>
    public static RunSpec Next(RunSpec earlier, double parameters, double tokens)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        var model = Enumerable.Range(1, s_widths[^1] / 8).Select(step => Shape(8 * step)).MinBy(shape => Math.Abs(Math.Log(ModelArithmetic.ParameterCount(shape) / parameters)))!;
        return Train(Text(earlier with { Group = null }, StoryBytes(tokens)), model, tokens);
    }

    private static ModelConfig Shape(int width) => new()
    {
        Family = ModelFamily.Llama,
        VocabularySize = Vocabulary,
        ContextLength = Context,
        EmbeddingSize = width,
        LayerCount = Math.Max(2, width / 32),
        HeadCount = Enumerable.Range(1, Math.Max(1, (int)Math.Round(width / HeadWidth))).Last(heads => width % (2 * heads) == 0),
    };

    private static string Name(ModelConfig model, double tokens) => FormattableString.Invariant($"{ModelArithmetic.ParameterCount(model):#,0} parameters, {tokens / 1e6:0.00}M tokens");
}
