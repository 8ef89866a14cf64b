using TinyLM.Model.Architectures;
using TinyLM.Model.Corpora;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Training;

namespace TinyLM.Model.Runs;

/// <summary>The configurations that the lab brings with it.</summary>
public static class RunPresets
{
    /// <summary>The first run of a newcomer: a small model of the first stories, done while one watches. docs/quick-preset.md says what it reaches and why it is as it is.</summary>
    public static RunPreset Quick { get; } = Create(
        "quick",
        "Quick",
        "A first model: it learns to tell simple stories within 3 minutes on 2 processor cores.",
        new ModelConfig { Family = ModelFamily.Llama, VocabularySize = 1024, ContextLength = 128, EmbeddingSize = 128, LayerCount = 4, HeadCount = 4, TiedHead = false },
        new TrainingConfig { Steps = 1050, BatchSize = 8, Optimizer = TrainingOptimizer.Muon, LearningRate = 6e-3, FinalLearningRateFraction = 0.05, WarmupSteps = 100, EvaluationInterval = 200, EvaluationBatches = 16, SampleInterval = 150, CheckpointInterval = 600 },
        new DataSpec { Corpus = StorySet.First.Id, StoryBytes = 16_000_000 });

    /// <summary>More width, depth and time.</summary>
    public static RunPreset Small { get; } = Create(
        "small",
        "Small",
        "A wider and deeper model that reads twice as far back: about an hour on 2 processor cores, minutes on a graphics card.",
        new ModelConfig { VocabularySize = 4096, ContextLength = 256, EmbeddingSize = 256, LayerCount = 6, HeadCount = 8 },
        new TrainingConfig { Steps = 8000, BatchSize = 16, LearningRate = 1e-3, WarmupSteps = 200, EvaluationInterval = 200, SampleInterval = 200, CheckpointInterval = 500 },
        new DataSpec { StoryBytes = 40_000_000 });

    /// <summary>The quick one as a GPT-2, to compare the families.</summary>
    public static RunPreset QuickGpt2 { get; } = Create(
        "quick-gpt2",
        "Quick GPT-2",
        "The quick model as a GPT-2: learned positions, LayerNorm, GELU and one table for embedding and head, on the same stories.",
        Quick.Spec.Model with { Family = ModelFamily.Gpt2, TiedHead = true },
        Quick.Spec.Training,
        Quick.Spec.Data);

    /// <summary>The small one's size as a Llama.</summary>
    public static RunPreset SmallLlama { get; } = Create(
        "small-llama",
        "Small Llama",
        "The small model's size as a Llama, for 2 processor cores: four heads of keys and values for eight of queries.",
        Small.Spec.Model with { Family = ModelFamily.Llama, KeyValueHeadCount = 4 },
        Small.Spec.Training,
        Small.Spec.Data);

    /// <summary>For a graphics card.</summary>
    public static RunPreset Large { get; } = Create(
        "large",
        "Large",
        "A model of 30 million parameters for a graphics card, or for some nights of a processor.",
        new ModelConfig { VocabularySize = 4096, ContextLength = 512, EmbeddingSize = 512, LayerCount = 8, HeadCount = 8 },
        new TrainingConfig { Steps = 20_000, BatchSize = 32, LearningRate = 6e-4, WarmupSteps = 500, EvaluationInterval = 500, SampleInterval = 500, CheckpointInterval = 1000 },
        new DataSpec { StoryBytes = 200_000_000 });

    /// <summary>Shakespeare's plays in the shape that nanoGPT trains on a laptop.</summary>
    /// <remarks>https://github.com/karpathy/nanoGPT, "I only have a macbook": its settings; a byte is a token here.</remarks>
    public static RunPreset Shakespeare { get; } = new("shakespeare", "Shakespeare", "Plays, character by character, in nanoGPT's shape for a laptop: minutes.", new RunSpec
    {
        Name = "Shakespeare",
        Preset = "shakespeare",
        Data = new DataSpec { Corpus = "", ValidationFraction = 0.1 },
        Tokenizer = new TokenizerSpec { VocabularySize = 257, SplitPattern = SplitPattern.Characters },
        Model = new ModelConfig { VocabularySize = 257, ContextLength = 64, EmbeddingSize = 128, LayerCount = 4, HeadCount = 4 },
        Training = new TrainingConfig { Steps = 2000, BatchSize = 12, LearningRate = 1e-3, WarmupSteps = 100, Beta2 = 0.99, EvaluationInterval = 100, SampleInterval = 100, CheckpointInterval = 250 },
        SamplePrompts = ["ROMEO:"],
    }, new PresetText("tiny Shakespeare (1.1 MB)", "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt", "shakespeare", IsRequired: true));

    /// <summary>TinyStories' models of three sizes in the paper's shapes; batch, steps and learning rate by <see cref="OneDial"/>.</summary>
    /// <remarks>Eldan and Li 2023, https://arxiv.org/abs/2305.07759: widths 64, 256 and 768 with 8, 8 and 4 layers; 10,000 tokens, a context of 512.</remarks>
    public static IReadOnlyList<RunPreset> TinyStories { get; } =
    [
        OfStories("tinystories-1m", "TinyStories 1M", "64 wide, 8 deep: the paper's smallest, an hour or two on a processor.", "tinystories-64x8"),
        OfStories("tinystories-8m", "TinyStories 8M", "256 wide, 8 deep: for a graphics card, or a night and a day of a processor.", "tinystories-256x8"),
        OfStories("tinystories-33m", "TinyStories 33M", "768 wide, 4 deep: for a graphics card.", "tinystories-768x4"),
    ];

    /// <summary>The two small models of llama2.c; batch, steps and learning rate by <see cref="OneDial"/>.</summary>
    /// <remarks>https://github.com/karpathy/llama2.c, its table of models.</remarks>
    public static IReadOnlyList<RunPreset> Llamas { get; } =
    [
        OfStories("llama-260k", "Llama 260K", "llama2.c's stories260K: rotary positions, shared keys, 512 tokens; minutes.", "llama2c-260k"),
        OfStories("llama-15m", "Llama 15M", "llama2.c's stories15M: 288 wide, 6 deep, 32,000 tokens; for a graphics card.", "llama2c-15m"),
    ];

    /// <summary>GPT-2's smallest model as llm.c trains it again.</summary>
    /// <remarks>https://github.com/karpathy/llm.c/discussions/481 and its script run_gpt2_124M.sh: 524,288 tokens a step, 10 billion in all.</remarks>
    public static RunPreset Gpt2 { get; } = new("gpt2-124m", "GPT-2 124M", "llm.c's settings for GPT-2's smallest size, with its own tokenizer: hours on several large graphics cards.", new RunSpec
    {
        Name = "GPT-2 124M",
        Preset = "gpt2-124m",
        Data = new DataSpec { Corpus = "", ValidationFraction = 0.01 },
        Tokenizer = new TokenizerSpec { Id = BuiltInTokenizers.Gpt2, VocabularySize = 50_257 },
        Model = ModelShapes.Find("gpt2-124m")!.Config,
        Training = new TrainingConfig
        {
            Steps = 19_560,
            BatchSize = 32,
            TokenBudget = 524_288,
            LearningRate = 6e-4,
            WarmupSteps = 700,
            FinalLearningRateFraction = 0,
            EvaluationInterval = 250,
            EvaluationBatches = 20,
            SampleInterval = 1000,
            CheckpointInterval = 1000,
        },
    }, new PresetText("FineWeb's sample of 10 billion tokens", "https://huggingface.co/datasets/HuggingFaceFW/fineweb", "fineweb", IsRequired: true));

    /// <summary>All of them: those of the built-in stories first, the quickest first.</summary>
    public static IReadOnlyList<RunPreset> All { get; } = [Quick, QuickGpt2, Small, SmallLlama, Large, Shakespeare, .. TinyStories, .. Llamas, Gpt2];

    private static RunPreset OfStories(string id, string title, string description, string shape)
    {
        var start = new RunSpec { Name = title, Preset = id };
        var model = ModelShapes.Find(shape)!.Config;
        var tokens = OneDial.TokensPerParameter * ModelArithmetic.ParameterCount(model);
        return new RunPreset(id, title, description, start with
        {
            Data = start.Data with { StoryBytes = (long)tokens },
            Tokenizer = start.Tokenizer with { VocabularySize = model.VocabularySize },
            Model = model,
            Training = OneDial.Plan(model, start.Training, tokens),
            SamplePrompts = ["Once upon a time"],
        }, new PresetText("TinyStories (2 GB)", "https://huggingface.co/datasets/roneneldan/TinyStories", "tinystories", IsRequired: false));
    }

    private static RunPreset Create(string id, string title, string description, ModelConfig model, TrainingConfig training, DataSpec data) => new(id, title, description, new RunSpec
    {
        Name = $"{title} model",
        Preset = id,
        Data = data,
        Tokenizer = new TokenizerSpec { VocabularySize = model.VocabularySize },
        Model = model,
        Training = training,
    });
}
