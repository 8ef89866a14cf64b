using System.Buffers.Binary;
using TinyLM.Model.Architectures;

namespace TinyLM.Model.Checkpoints.Interchange;

// V = vocabulary, C = embedding size, L = layers

/// <summary>Checkpoints of karpathy/llm.c: GPT-2 in fp32 (version 3) or bf16 (version 5).</summary>
/// <remarks>
/// https://github.com/karpathy/llm.c, write_model in train_gpt2.py and gpt2_build_from_checkpoint in train_gpt2.c: 256 int32, then
/// the tensors, each of all layers. The table of tokens has rows up to the padded vocabulary, which the engine neither has nor needs:
/// they are left out when read and zero when written. ε is 1e-5 and the feed-forward layer four widths wide.
/// </remarks>
internal static class LlmcFile
{
    /// <summary>The second number of a file in bf16.</summary>
    public const int Bf16Version = 5;

    private const int Magic = 20240326;
    private const int Fp32Version = 3;
    private const int HeaderLength = 256;
    private const int PaddingMultiple = 128;

    private static readonly string[] s_perLayer =
    [
        "ln_1.weight", "ln_1.bias", "attn.c_attn.weight", "attn.c_attn.bias", "attn.c_proj.weight", "attn.c_proj.bias",
        "ln_2.weight", "ln_2.bias", "mlp.c_fc.weight", "mlp.c_fc.bias", "mlp.c_proj.weight", "mlp.c_proj.bias",
    ];

    /// <summary>Whether a file begins as one of these does.</summary>
    public static bool Begins(ReadOnlySpan<byte> start) => start.Length >= 4 && BinaryPrimitives.ReadInt32LittleEndian(start) == Magic;

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="CheckpointException">The file is no such checkpoint, or damaged.</exception>
    public static ModelWeights Read(string path)
    {
        using var reader = new FlatWeightReader(path);
        var header = reader.ReadIntegers(HeaderLength, "a header of llm.c");
        if (header[0] != Magic) throw new CheckpointException($"{path} begins with {header[0]}; a checkpoint of llm.c begins with {Magic}.");
        if (header[1] is not (Fp32Version or Bf16Version))
            throw new CheckpointException($"{path} is of version {header[1]} at byte 4; this engine reads llm.c's {Fp32Version} (fp32) and {Bf16Version} (bf16).");
        var isBf16 = header[1] == Bf16Version;
        var config = new ModelConfig
        {
            Family = ModelFamily.Gpt2,
            ContextLength = header[2],
            VocabularySize = header[3],
            LayerCount = header[4],
            HeadCount = header[5],
            EmbeddingSize = header[6],
        };
        if (config.Validate() is [_, ..] problems) throw new CheckpointException($"{path} is no sound checkpoint of llm.c: {string.Join(" ", problems)}");
        var padding = (long)header[7] - config.VocabularySize;
        if (padding < 0) throw new CheckpointException($"{path}: the padded vocabulary at byte 28 has {header[7]} rows, fewer than the vocabulary's {config.VocabularySize}.");

        var size = isBf16 ? sizeof(ushort) : sizeof(float);
        reader.ExpectRest((Int128)size * (ModelArithmetic.ParameterCount(config) + padding * config.EmbeddingSize));
        var definitions = ModelLayout.WeightsOf(config).ToDictionary(weight => weight.Name, StringComparer.Ordinal);
        var tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach (var name in Order(config))
        {
            var values = new float[definitions[name].Count];
            reader.Read(values, isBf16);
            tensors.Add(name, new WeightTensor(definitions[name].Shape, values));
            if (tensors.Count == 1) reader.Seek(reader.Position + size * padding * config.EmbeddingSize);
        }
        return new ModelWeights { Config = config, Tensors = tensors };
    }

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="stream">Receives it.</param>
    /// <param name="weights">Of a model that <see cref="Problem"/> finds nothing against.</param>
    /// <param name="isBf16">Whether to round the weights to bf16.</param>
    /// <exception cref="ArgumentException">The format has no place for such a model.</exception>
    public static void Write(Stream stream, ModelWeights weights, bool isBf16)
    {
        var config = weights.Config;
        if (Problem(config) is { } problem) throw new ArgumentException(problem, nameof(weights));
        var padded = (config.VocabularySize + PaddingMultiple - 1) / PaddingMultiple * PaddingMultiple;
        var writer = new FlatWeightWriter(stream);
        writer.WriteHeader(
            [Magic, isBf16 ? Bf16Version : Fp32Version, config.ContextLength, config.VocabularySize, config.LayerCount, config.HeadCount, config.EmbeddingSize, padded],
            HeaderLength * sizeof(int));
        foreach (var (index, name) in Order(config).Index())
        {
            writer.Write(weights.Tensors[name].Values.Span, isBf16);
            if (index == 0) writer.Write(new float[(padded - config.VocabularySize) * config.EmbeddingSize], isBf16);
        }
    }

    /// <summary>Why such a model cannot be written, in words; null where it can.</summary>
    public static string? Problem(ModelConfig config) =>
        config.Family != ModelFamily.Gpt2 ? "llm.c's checkpoints hold models of the GPT-2 family; this one is a Llama."
        : config.ActualFeedForwardSize != 4 * config.EmbeddingSize ? $"llm.c's checkpoints have no place for a feed-forward width; it is 4 widths there, and {config.ActualFeedForwardSize} here."
        : config.NormEpsilon != 1e-5 ? $"llm.c's checkpoints have no place for an epsilon of the norms; it is 1e-5 there, and {config.NormEpsilon} here."
        : null;

    private static IEnumerable<string> Order(ModelConfig config) =>
    [
        "transformer.wte.weight",
        "transformer.wpe.weight",
        .. s_perLayer.SelectMany(part => Enumerable.Range(0, config.LayerCount).Select(layer => $"transformer.h.{layer}.{part}")),
        "transformer.ln_f.weight",
        "transformer.ln_f.bias",
    ];
}
