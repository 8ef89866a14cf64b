using System.Buffers.Binary;
using TinyLM.Model.Architectures;

namespace TinyLM.Model.Checkpoints.Interchange;

// V = vocabulary, T = context length, C = embedding size, D = size of a head, L = layers

/// <summary>Checkpoints of karpathy/llama2.c: the legacy form without a version, and version 1.</summary>
/// <remarks>
/// https://github.com/karpathy/llama2.c, export.py (legacy_export, version1_export) and run.c. Each name holds all layers one after
/// another. Rows of queries and keys are in Meta's order, whose pairs are 2i and 2i + 1 of a head. ε is 1e-5 and the rotary base
/// 10,000; the file has no place for others.
/// </remarks>
internal static class Llama2cFile
{
    /// <summary>"ak42".</summary>
    private const int Magic = 0x616b3432;

    private const int VersionedHeaderBytes = 256;
    private const int LegacyHeaderBytes = 7 * sizeof(int);
    private const double NormEpsilon = 1e-5;
    private const double RotaryBase = 10_000;

    private static readonly string[] s_legacyOrder =
        ["input_layernorm", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "post_attention_layernorm", "mlp.gate_proj", "mlp.down_proj", "mlp.up_proj"];

    private static readonly string[] s_version1Order =
        ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.down_proj", "mlp.up_proj"];

    /// <summary>Whether a file begins as version 1 or a later one does.</summary>
    public static bool IsVersioned(ReadOnlySpan<byte> start) => start.Length >= 4 && BinaryPrimitives.ReadInt32LittleEndian(start) == Magic;

    /// <summary>Whether the first 28 bytes could be a legacy header: it has no magic, only sizes that are sound.</summary>
    public static bool IsLegacy(ReadOnlySpan<byte> start)
    {
        if (start.Length < LegacyHeaderBytes) return false;
        var numbers = new int[7];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = BinaryPrimitives.ReadInt32LittleEndian(start[(i * sizeof(int))..]);
        return Config(Untied(numbers), isTied: numbers[5] > 0) is { FeedForwardSize: > 0, KeyValueHeadCount: > 0 } config && config.Validate().Count == 0;
    }

    /// <summary>Reads a checkpoint of either form.</summary>
    /// <exception cref="CheckpointException">The file is no such checkpoint, or damaged.</exception>
    public static ModelWeights Read(string path)
    {
        using var reader = new FlatWeightReader(path);
        var first = reader.ReadIntegers(2, "a header of llama2.c");
        if (first[0] != Magic)
        {
            reader.Seek(0);
            var header = reader.ReadIntegers(7, "a header of llama2.c");
            return Read(reader, Sound(path, Untied(header), isTied: header[5] > 0), LegacyOrder);
        }
        if (first[1] != 1) throw new CheckpointException($"{path} is of version {first[1]} at byte 4; this engine reads llama2.c's legacy form and version 1 (fp32).");
        var sizes = reader.ReadIntegers(7, "the sizes of a llama2.c header");
        var flags = reader.ReadIntegers(1, "the flags of a llama2.c header")[0];
        if ((flags & 0xFF) > 1) throw new CheckpointException($"{path}: the flag of a shared head at byte 36 is {flags & 0xFF}; expected 0 or 1.");
        var config = Sound(path, sizes, isTied: (flags & 0xFF) == 1);
        reader.Seek(VersionedHeaderBytes);
        return Read(reader, config, Version1Order);
    }

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="stream">Receives it.</param>
    /// <param name="weights">Of a model that <see cref="Problem"/> finds nothing against.</param>
    /// <param name="isLegacy">Which form.</param>
    /// <exception cref="ArgumentException">The format has no place for such a model.</exception>
    public static void Write(Stream stream, ModelWeights weights, bool isLegacy)
    {
        var config = weights.Config;
        if (Problem(config) is { } problem) throw new ArgumentException(problem, nameof(weights));
        var writer = new FlatWeightWriter(stream);
        int[] sizes = [config.EmbeddingSize, config.ActualFeedForwardSize, config.LayerCount, config.HeadCount, config.ActualKeyValueHeadCount, config.VocabularySize, config.ContextLength];
        if (isLegacy)
        {
            if (!config.TiedHead) sizes[5] = -sizes[5];
            writer.WriteHeader(sizes, LegacyHeaderBytes);
        }
        else
        {
            writer.WriteHeader([Magic, 1, .. sizes, config.TiedHead ? 1 : 0], VersionedHeaderBytes);
        }
        foreach (var name in isLegacy ? LegacyOrder(config) : Version1Order(config))
        {
            if (name is null)
            {
                var angles = new RotaryTable(config, config.ContextLength);
                writer.Write(angles.Cosines);
                writer.Write(angles.Sines);
                continue;
            }
            var tensor = weights.Tensors[name];
            writer.Write(IsRotated(name) ? RotaryOrder.ToPairs(tensor.Values.Span, config.HeadSize, config.EmbeddingSize) : tensor.Values.Span);
        }
    }

    /// <summary>Why such a model cannot be written, in words; null where it can.</summary>
    public static string? Problem(ModelConfig config) =>
        config.Family != ModelFamily.Llama ? "llama2.c's checkpoints hold models of the Llama family; this one is GPT-2."
        : config.NormEpsilon != NormEpsilon ? $"llama2.c's checkpoints have no place for an epsilon of the norms; it is 1e-5 there, and {config.NormEpsilon} here."
        : config.RotaryBase != RotaryBase ? $"llama2.c's checkpoints have no place for a rotary base; it is 10,000 there, and {config.RotaryBase} here."
        : null;

    private static ModelWeights Read(FlatWeightReader reader, ModelConfig config, Func<ModelConfig, IEnumerable<string?>> order)
    {
        var angles = 2L * config.ContextLength * (config.HeadSize / 2); // the legacy form's tables
        var hasAngles = order(config).Contains(null);
        reader.ExpectRest(sizeof(float) * (ModelArithmetic.ParameterCount(config) + (hasAngles ? angles : 0)));
        var definitions = ModelLayout.WeightsOf(config).ToDictionary(weight => weight.Name, StringComparer.Ordinal);
        var tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach (var name in order(config))
        {
            if (name is null)
            {
                reader.Seek(reader.Position + sizeof(float) * angles); // they follow from the sizes
                continue;
            }
            var values = new float[definitions[name].Count];
            reader.Read(values);
            tensors.Add(name, new WeightTensor(definitions[name].Shape, IsRotated(name) ? RotaryOrder.ToHalves(values, config.HeadSize, config.EmbeddingSize) : values));
        }
        return new ModelWeights { Config = config, Tensors = tensors };
    }

    /// <summary>Names in the order of the legacy form; null stands for the tables of angles.</summary>
    private static IEnumerable<string?> LegacyOrder(ModelConfig config) =>
    [
        "model.embed_tokens.weight",
        .. s_legacyOrder.SelectMany(part => Layers(config, part)),
        "model.norm.weight",
        null,
        .. Head(config),
    ];

    private static IEnumerable<string?> Version1Order(ModelConfig config) =>
    [
        .. Layers(config, "input_layernorm"),
        .. Layers(config, "post_attention_layernorm"),
        "model.norm.weight",
        "model.embed_tokens.weight",
        .. s_version1Order.SelectMany(part => Layers(config, part)),
        .. Head(config),
    ];

    private static IEnumerable<string> Layers(ModelConfig config, string part) =>
        Enumerable.Range(0, config.LayerCount).Select(layer => $"model.layers.{layer}.{part}.weight");

    private static string[] Head(ModelConfig config) => config.TiedHead ? [] : [LlamaLayout.Head];

    private static bool IsRotated(string name) =>
        name.EndsWith("q_proj.weight", StringComparison.Ordinal) || name.EndsWith("k_proj.weight", StringComparison.Ordinal);

    /// <summary>The legacy form tells of a head of its own by a negative vocabulary.</summary>
    private static int[] Untied(int[] sizes) => sizes[5] is < 0 and > int.MinValue ? [.. sizes[..5], -sizes[5], sizes[6]] : sizes;

    private static ModelConfig Sound(string path, int[] sizes, bool isTied)
    {
        var config = Config(sizes, isTied);
        if (config.FeedForwardSize == 0 || config.KeyValueHeadCount == 0) throw new CheckpointException($"{path}: the header has a size of 0: {string.Join(", ", sizes)}.");
        return config.Validate() is [_, ..] problems
            ? throw new CheckpointException($"{path} is no sound checkpoint of llama2.c: {string.Join(" ", problems)}")
            : config;
    }

    private static ModelConfig Config(int[] sizes, bool isTied) => new()
    {
        Family = ModelFamily.Llama,
        EmbeddingSize = sizes[0],
        FeedForwardSize = sizes[1],
        LayerCount = sizes[2],
        HeadCount = sizes[3],
        KeyValueHeadCount = sizes[4],
        VocabularySize = sizes[5],
        ContextLength = sizes[6],
        TiedHead = isTied,
        RotaryBase = RotaryBase,
        NormEpsilon = NormEpsilon,
    };
}
