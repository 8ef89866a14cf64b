using TinyLM.Model.Architectures;
using TinyLM.Model.Training;

namespace TinyLM.Model.Runs;

/// <summary>The configurations that the lab brings with it.</summary>
public static class RunPresets
{
    /// <summary>The first run of a newcomer: a small model of the built-in stories, done while one watches.</summary>
    public static RunPreset Quick { get; } = Create(
        "quick",
        "Quick",
        "A first model of the built-in stories, within 3 minutes on 2 processor cores.",
        new ModelConfig { VocabularySize = 2048, ContextLength = 128, EmbeddingSize = 128, LayerCount = 4, HeadCount = 4 },
        new TrainingConfig { Steps = 2800, BatchSize = 8, Optimizer = TrainingOptimizer.Muon, LearningRate = 4e-3, FinalLearningRateFraction = 0.05, WarmupSteps = 100, EvaluationInterval = 200, EvaluationBatches = 16, SampleInterval = 150, CheckpointInterval = 600 },
        storyBytes: 16_000_000);

    /// <summary>More width, depth and time.</summary>
    public static RunPreset Small { get; } = Create(
        "small",
        "Small",
        "A wider and deeper model that reads twice as far back: about an hour on 2 processor cores, minutes on a graphics card.",
        new ModelConfig { VocabularySize = 4096, ContextLength = 256, EmbeddingSize = 256, LayerCount = 6, HeadCount = 8 },
        new TrainingConfig { Steps = 8000, BatchSize = 16, LearningRate = 1e-3, WarmupSteps = 200, EvaluationInterval = 200, SampleInterval = 200, CheckpointInterval = 500 },
        storyBytes: 40_000_000);

    /// <summary>The quick one's size as a Llama.</summary>
    public static RunPreset QuickLlama { get; } = Create(
        "quick-llama",
        "Quick Llama",
        "The quick model's size as a Llama: rotary positions, RMSNorm, SwiGLU, two heads of keys and values for four of queries.",
        Quick.Spec.Model with { Family = ModelFamily.Llama, KeyValueHeadCount = 2 },
        Quick.Spec.Training,
        Quick.Spec.Data.StoryBytes);

    /// <summary>The small one's size as a Llama.</summary>
    public static RunPreset SmallLlama { get; } = Create(
        "small-llama",
        "Small Llama",
        "The small model's size as a Llama, for 2 processor cores: four heads of keys and values for eight of queries.",
        Small.Spec.Model with { Family = ModelFamily.Llama, KeyValueHeadCount = 4 },
        Small.Spec.Training,
        Small.Spec.Data.StoryBytes);

    /// <summary>For a graphics card.</summary>
    public static RunPreset Large { get; } = Create(
        "large",
        "Large",
        "A model of 30 million parameters for a graphics card, or for some nights of a processor.",
        new ModelConfig { VocabularySize = 4096, ContextLength = 512, EmbeddingSize = 512, LayerCount = 8, HeadCount = 8 },
        new TrainingConfig { Steps = 20_000, BatchSize = 32, LearningRate = 6e-4, WarmupSteps = 500, EvaluationInterval = 500, SampleInterval = 500, CheckpointInterval = 1000 },
        storyBytes: 200_000_000);

    /// <summary>All of them, the quickest first.</summary>
    public static IReadOnlyList<RunPreset> All { get; } = [Quick, QuickLlama, Small, SmallLlama, Large];

    private static RunPreset Create(string id, string title, string description, ModelConfig model, TrainingConfig training, long storyBytes) => new(id, title, description, new RunSpec
    {
        Name = $"{title} model",
        Preset = id,
        Data = new DataSpec { StoryBytes = storyBytes },
        Tokenizer = new TokenizerSpec { VocabularySize = model.VocabularySize },
        Model = model,
        Training = training,
    });
}
