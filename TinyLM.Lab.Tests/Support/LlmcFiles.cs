using System.Runtime.InteropServices;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Lab.Tests;

/// <summary>Reads the files of karpathy/llm.c that the reference runs consist of (little-endian, header of 256 int32).</summary>
internal static class LlmcFiles
{
    /// <summary>A model file, magic 20240326, version 3: fp32 weights, each tensor holding all layers.</summary>
    public static ModelWeights ReadModel(string path)
    {
        var (header, body) = Read(path);
        Assert.Equal((20240326, 3), (header[0], header[1]));
        Assert.Equal(header[3], header[7]); // these files pad no vocabulary
        return Weights(
            new ModelConfig
            {
                ContextLength = header[2],
                VocabularySize = header[3],
                LayerCount = header[4],
                HeadCount = header[5],
                EmbeddingSize = header[6],
            },
            MemoryMarshal.Cast<byte, float>(body));
    }

    /// <summary>Weights in llm.c's order, without a header.</summary>
    public static ModelWeights ReadWeights(string path, ModelConfig config) =>
        Weights(config, MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)));

    /// <summary>A token file, magic 20240520, version 1: uint16 tokens.</summary>
    public static int[] ReadTokens(string path)
    {
        var (header, body) = Read(path);
        Assert.Equal((20240520, 1), (header[0], header[1]));
        var tokens = MemoryMarshal.Cast<byte, ushort>(body);
        Assert.Equal(header[2], tokens.Length);
        return [.. tokens.ToArray().Select(token => (int)token)];
    }

    private static ModelWeights Weights(ModelConfig config, ReadOnlySpan<float> flat)
    {
        var values = TestWeights.Gpt2Shapes(config).ToDictionary(
            weight => weight.Name, weight => (weight.Shape, Values: new float[weight.Shape.Aggregate((a, b) => a * b)]));
        string[] perLayer =
        [
            "ln_1.weight", "ln_1.bias", "attn.c_attn.weight", "attn.c_attn.bias", "attn.c_proj.weight", "attn.c_proj.bias",
            "ln_2.weight", "ln_2.bias", "mlp.c_fc.weight", "mlp.c_fc.bias", "mlp.c_proj.weight", "mlp.c_proj.bias",
        ];
        string[] order =
        [
            "transformer.wte.weight", "transformer.wpe.weight",
            .. perLayer.SelectMany(part => Enumerable.Range(0, config.LayerCount).Select(layer => $"transformer.h.{layer}.{part}")),
            "transformer.ln_f.weight", "transformer.ln_f.bias",
        ];
        foreach (var name in order)
        {
            var target = values[name].Values;
            flat[..target.Length].CopyTo(target);
            flat = flat[target.Length..];
        }

        Assert.Equal(0, flat.Length);
        return new ModelWeights
        {
            Config = config,
            Tensors = values.ToDictionary(weight => weight.Key, weight => new WeightTensor(weight.Value.Shape, weight.Value.Values)),
        };
    }

    private static (int[] Header, byte[] Body) Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        return (MemoryMarshal.Cast<byte, int>(bytes.AsSpan(0, 1024)).ToArray(), bytes[1024..]);
    }
}
