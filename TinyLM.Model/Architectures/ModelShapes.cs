namespace TinyLM.Model.Architectures;

/// <summary>Shapes of models that were published, to train at the same size.</summary>
public static class ModelShapes
{
    private const int Gpt2Vocabulary = 50_257;

    /// <summary>GPT-2's four sizes. Radford et al. 2019, table 2.</summary>
    public static IReadOnlyList<ModelShape> Gpt2 { get; } =
    [
        OfGpt2("gpt2-124m", "GPT-2, 124M", layers: 12, width: 768, heads: 12),
        OfGpt2("gpt2-355m", "GPT-2 medium, 355M", layers: 24, width: 1024, heads: 16),
        OfGpt2("gpt2-774m", "GPT-2 large, 774M", layers: 36, width: 1280, heads: 20),
        OfGpt2("gpt2-1.5b", "GPT-2 XL, 1.5B", layers: 48, width: 1600, heads: 25),
    ];

    /// <summary>llama2.c's TinyStories models. https://github.com/karpathy/llama2.c, its table of models.</summary>
    public static IReadOnlyList<ModelShape> Llama2c { get; } =
    [
        new("llama2c-260k", "llama2.c, 260K", OfLlama(vocabulary: 512, context: 512, width: 64, layers: 5, heads: 8) with { KeyValueHeadCount = 4, FeedForwardSize = 172 }),
        new("llama2c-15m", "llama2.c, 15M", OfLlama(vocabulary: 32_000, context: 256, width: 288, layers: 6, heads: 6)),
        new("llama2c-42m", "llama2.c, 42M", OfLlama(vocabulary: 32_000, context: 1024, width: 512, layers: 8, heads: 8)),
        new("llama2c-110m", "llama2.c, 110M", OfLlama(vocabulary: 32_000, context: 1024, width: 768, layers: 12, heads: 12)),
    ];

    /// <summary>The table of widths and depths of TinyStories, with its 16 heads and context of 512. Eldan and Li 2023, https://arxiv.org/abs/2305.07759.</summary>
    public static IReadOnlyList<ModelShape> TinyStories { get; } =
    [
        .. from width in (int[])[64, 128, 256, 512, 768, 1024]
           from layers in (int[])[1, 2, 4, 8, 12]
           select new ModelShape($"tinystories-{width}x{layers}", $"TinyStories, {width} wide, {layers} deep", new ModelConfig
           {
               VocabularySize = 10_000,
               ContextLength = 512,
               EmbeddingSize = width,
               LayerCount = layers,
               HeadCount = 16,
           }),
    ];

    /// <summary>Models that are too large for this lab, to reckon with. A GPT-1 has no last norm, so is 1,536 smaller than its layers as GPT-2's.</summary>
    /// <remarks>
    /// Radford et al. 2018; Brown et al. 2020, https://arxiv.org/abs/2005.14165, table 2.1, where two rows do not hold together: 24 heads of
    /// 128 are not 2,048 wide (XL), and 40 of 128 are 5,120 and not 5,140 (13B); Llama 3's config.json.
    /// </remarks>
    public static IReadOnlyList<ModelShape> Large { get; } =
    [
        new("gpt1", "GPT-1, 117M", new ModelConfig { VocabularySize = 40_478, ContextLength = 512, EmbeddingSize = 768, LayerCount = 12, HeadCount = 12 }),
        OfGpt3("gpt3-125m", "GPT-3 small, 125M", layers: 12, width: 768, heads: 12),
        OfGpt3("gpt3-350m", "GPT-3 medium, 350M", layers: 24, width: 1024, heads: 16),
        OfGpt3("gpt3-760m", "GPT-3 large, 760M", layers: 24, width: 1536, heads: 16),
        OfGpt3("gpt3-1.3b", "GPT-3 XL, 1.3B", layers: 24, width: 2048, heads: 16),
        OfGpt3("gpt3-2.7b", "GPT-3, 2.7B", layers: 32, width: 2560, heads: 32),
        OfGpt3("gpt3-6.7b", "GPT-3, 6.7B", layers: 32, width: 4096, heads: 32),
        OfGpt3("gpt3-13b", "GPT-3, 13B", layers: 40, width: 5120, heads: 40),
        OfGpt3("gpt3-175b", "GPT-3, 175B", layers: 96, width: 12_288, heads: 96),
        OfLlama3("llama3-8b", "Llama 3, 8B", layers: 32, width: 4096, heads: 32, inner: 14_336),
        OfLlama3("llama3-70b", "Llama 3, 70B", layers: 80, width: 8192, heads: 64, inner: 28_672),
    ];

    /// <summary>All that can be trained here.</summary>
    public static IReadOnlyList<ModelShape> All { get; } = [.. Gpt2, .. Llama2c, .. TinyStories];

    /// <summary>A shape by its id; null where there is none.</summary>
    public static ModelShape? Find(string id) => All.FirstOrDefault(shape => shape.Id == id);

    /// <summary>The known shape of a model, whatever its vocabulary; null where it is none.</summary>
    public static ModelShape? Of(ModelConfig config) =>
        All.FirstOrDefault(shape => shape.Config with { VocabularySize = 2 } == config with { VocabularySize = 2 });

    private static ModelShape OfGpt2(string id, string title, int layers, int width, int heads) =>
        new(id, title, new ModelConfig { VocabularySize = Gpt2Vocabulary, ContextLength = 1024, EmbeddingSize = width, LayerCount = layers, HeadCount = heads });

    private static ModelShape OfGpt3(string id, string title, int layers, int width, int heads) =>
        new(id, title, new ModelConfig { VocabularySize = Gpt2Vocabulary, ContextLength = 2048, EmbeddingSize = width, LayerCount = layers, HeadCount = heads });

    private static ModelShape OfLlama3(string id, string title, int layers, int width, int heads, int inner) =>
        new(id, title, OfLlama(vocabulary: 128_256, context: 8192, width, layers, heads) with { KeyValueHeadCount = 8, FeedForwardSize = inner, TiedHead = false, RotaryBase = 500_000 });

    private static ModelConfig OfLlama(int vocabulary, int context, int width, int layers, int heads) => new()
    {
        Family = ModelFamily.Llama,
        VocabularySize = vocabulary,
        ContextLength = context,
        EmbeddingSize = width,
        LayerCount = layers,
        HeadCount = heads,
    };
}
