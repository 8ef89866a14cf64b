using TinyLM.Model.Architectures;
using TinyLM.Model.Training;

namespace TinyLM.Model.Runs;

/// <summary>One choice, a size or a time, from which width, depth, heads, batch, steps and learning rate follow by published rules.</summary>
/// <remarks>
/// <para>Tokens: 20 a parameter. Hoffmann et al. 2022, https://arxiv.org/abs/2203.15556, table 3.</para>
/// <para>Shape: a width of 64 a layer, as GPT-2 124M (Radford et al. 2019) and nanochat (https://github.com/karpathy/nanochat) have it;
/// the loss hardly depends on it (Kaplan et al. 2020, https://arxiv.org/abs/2001.08361, figure 5), so the size goes first. A head is 64
/// wide as in GPT-2, and 32 in models narrower than 256.</para>
/// <para>Tokens a step 0.2920·C^0.3271 and learning rate 0.3118·C^−0.1250 for C operations of all tokens, embeddings not counted: Bi et
/// al. 2024, "DeepSeek LLM", https://arxiv.org/abs/2401.02954, equation 1, fitted from 10¹⁷ to 2·10¹⁹; here it is carried on below.</para>
/// <para>Text of the story world: enough that each is read four times at most, which is nearly as good as new text (Muennighoff et al.
/// 2023, https://arxiv.org/abs/2305.16264).</para>
/// </remarks>
public static class OneDial
{
    /// <summary>Tokens a parameter at which a training cost is spent best.</summary>
    public const double TokensPerParameter = 20;

    /// <summary>Smallest and largest size that can be asked for, in parameters.</summary>
    public const double SmallestSize = 1e4, LargestSize = 1e10;

    private const double WidthPerLayer = 64;
    private const int NarrowHead = 32, WideHead = 64, WideFrom = 256, WidestModel = 8192, MostLayers = 96;

    /// <summary>How much a wrong size weighs against a wrong proportion.</summary>
    private const double SizeWeight = 8;

    /// <summary>Part of a device's memory that a run may take.</summary>
    private const double MemoryPart = 0.8;

    /// <summary>Most text that is asked of the story world, in bytes.</summary>
    private const long MostStoryBytes = 1_000_000_000;

    /// <summary>Settings for a model of about so many parameters.</summary>
    /// <param name="start">What the rules say nothing about: text, tokenizer, context length, family, optimizer.</param>
    /// <param name="parameters">Parameters asked for, embeddings counted.</param>
    /// <param name="memoryBytes">Memory of the device; a step that would take more is done in several passes. Null: not known.</param>
    public static RunSpec OfSize(RunSpec start, double parameters, long? memoryBytes = null)
    {
        ArgumentNullException.ThrowIfNull(start);
        var model = Shape(start.Model, parameters);
        return Trained(start, model, TokensPerParameter * ModelArithmetic.ParameterCount(model), memoryBytes);
    }

    /// <summary>Settings for the largest model that is trained on 20 tokens a parameter within a time, its steps filling the time.</summary>
    /// <param name="start">As for a size.</param>
    /// <param name="time">The time.</param>
    /// <param name="estimate">How long a run takes; null where nothing was measured yet.</param>
    /// <param name="memoryBytes">As for a size.</param>
    /// <returns>Null where <paramref name="estimate"/> knows nothing.</returns>
    public static RunSpec? OfTime(RunSpec start, TimeSpan time, Func<RunSpec, TimeSpan?> estimate, long? memoryBytes = null)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(estimate);
        var (low, high) = (Math.Log(SmallestSize), Math.Log(LargestSize));
        for (var round = 0; round < 40; round++)
        {
            var middle = (low + high) / 2;
            if (Needed(OfSize(start, Math.Exp(middle), memoryBytes)) is not { } needed) return null;
            if (needed <= time) low = middle;
            else high = middle;
        }

        var spec = OfSize(start, Math.Exp(low), memoryBytes);
        if (Needed(spec) is not { } took || took <= TimeSpan.Zero) return null;
        var tokens = (double)spec.Training.Steps * spec.Training.TokensPerStep(spec.Model.ContextLength);
        return Trained(start, spec.Model, tokens * (time / took), memoryBytes);

        // A time beyond what the clock can hold is longer than any asked for.
        TimeSpan? Needed(RunSpec candidate) => estimate(candidate) ?? (estimate(OfSize(start, SmallestSize, memoryBytes)) is null ? null : TimeSpan.MaxValue);
    }

    /// <summary>The shape of about so many parameters that is nearest to the usual proportions.</summary>
    /// <param name="start">Vocabulary, context length and family, which stay.</param>
    /// <param name="parameters">Parameters asked for, embeddings counted.</param>
    public static ModelConfig Shape(ModelConfig start, double parameters)
    {
        ArgumentNullException.ThrowIfNull(start);
        var wanted = Math.Clamp(parameters, SmallestSize, LargestSize);
        return (
            from layers in Enumerable.Range(1, MostLayers)
            from model in Around(start with { LayerCount = layers, KeyValueHeadCount = 0, FeedForwardSize = 0 }, wanted)
            let size = Math.Abs(Math.Log(ModelArithmetic.ParameterCount(model) / wanted))
            let proportion = Math.Abs(Math.Log(model.EmbeddingSize / (WidthPerLayer * layers)))
            orderby SizeWeight * size + proportion
            select model).First();
    }

    /// <summary>Batch, steps, learning rate and the distances that follow from them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="start">What the rules say nothing about.</param>
    /// <param name="tokens">Tokens to learn from.</param>
    /// <param name="memoryBytes">Memory of the device; null where it is not known.</param>
    public static TrainingConfig Plan(ModelConfig model, TrainingConfig start, double tokens, long? memoryBytes = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(start);
        var compute = NonEmbeddingFlops(model) * tokens;
        var sequences = (int)Math.Clamp(Math.Round(0.2920 * Math.Pow(compute, 0.3271) / model.ContextLength), 1, 65_536);
        var passes = Passes(model, start, sequences, memoryBytes);
        var batch = (sequences + passes - 1) / passes;
        var steps = (int)Math.Clamp(Math.Round(tokens / ((double)batch * passes * model.ContextLength)), 1, RunExtension.MostSteps);
        return start with
        {
            Steps = steps,
            BatchSize = batch,
            GradientAccumulation = passes,
            TokenBudget = 0,
            SequenceLength = 0,
            LearningRate = Round(0.3118 * Math.Pow(compute, -0.1250)),
            MuonLearningRate = 0,
            WarmupSteps = Math.Min(steps, Math.Max(10, steps * 3 / 100)),
            EvaluationInterval = Math.Max(1, steps / 25),
            SampleInterval = Math.Max(1, steps / 25),
            CheckpointInterval = Math.Max(1, steps / 10),
        };
    }

    private static RunSpec Trained(RunSpec start, ModelConfig model, double tokens, long? memoryBytes) => start with
    {
        Preset = null,
        StartFrom = null,
        Model = model,
        Training = Plan(model, start.Training, tokens, memoryBytes),
        Data = start.Data with { StoryBytes = (long)Math.Clamp(tokens, 2_000_000, MostStoryBytes) }, // about 4 bytes a token, read 4 times
    };

    /// <summary>The widest model of a depth that is smaller than asked for, and the narrowest that is not: widths are multiples of a head.</summary>
    private static IEnumerable<ModelConfig> Around(ModelConfig model, double wanted)
    {
        ModelConfig? smaller = null;
        for (var width = NarrowHead; width <= WidestModel; width += HeadOf(width))
        {
            model = model with { EmbeddingSize = width, HeadCount = width / HeadOf(width) };
            if (ModelArithmetic.ParameterCount(model) >= wanted) break;
            smaller = model;
        }

        if (smaller is not null) yield return smaller;
        yield return model;
    }

    private static int HeadOf(int width) => width < WideFrom ? NarrowHead : WideHead;

    /// <summary>72LC² + 12LCT for GPT-2, as the source counts: forward and backward, attention over the whole context, no tables.</summary>
    private static double NonEmbeddingFlops(ModelConfig model)
    {
        var tables = (model.TiedHead ? 1L : 2L) * model.VocabularySize * model.EmbeddingSize;
        return ModelArithmetic.FlopsPerToken(model, FlopsConvention.Palm) - 6.0 * tables;
    }

    private static int Passes(ModelConfig model, TrainingConfig training, int sequences, long? memoryBytes)
    {
        if (memoryBytes is not { } memory) return 1;
        var passes = 1;
        while (passes < sequences && Bytes((sequences + passes - 1) / passes) > MemoryPart * memory) passes *= 2;
        return Math.Min(passes, sequences);

        long Bytes(int batch) => ModelArithmetic.TrainingBytes(model, batch, 0, training.Activations == ActivationStorage.Recompute);
    }

    /// <summary>To two figures, as people write rates.</summary>
    private static double Round(double rate)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(rate)) - 1);
        return Math.Round(Math.Round(rate / unit) * unit, 12);
    }
}
