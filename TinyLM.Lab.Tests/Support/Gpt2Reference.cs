using TinyLM.Model.Checkpoints;

namespace TinyLM.Lab.Tests;

// T = tokens, C = embedding size, D = size of a head, V = vocabulary

/// <summary>GPT-2 by its formulas, in double precision, one sum at a time: slow, and plain enough to be checked by eye.</summary>
/// <remarks>Vaswani et al. 2017, section 3.2 (attention); Ba et al. 2016 (norm); Radford et al. 2019 (pre-norm, tanh GELU, tied head).</remarks>
internal sealed class Gpt2Reference(ModelWeights weights)
{
    /// <summary>Logits after each token, (T, V).</summary>
    public double[][] Logits(IReadOnlyList<int> tokens)
    {
        var config = weights.Config;
        var wte = Matrix("transformer.wte.weight");
        var wpe = Matrix("transformer.wpe.weight");
        var x = tokens.Select((token, t) => wte[token].Zip(wpe[t], (e, p) => e + p).ToArray()).ToArray();
        for (var layer = 0; layer < config.LayerCount; layer++)
        {
            var block = $"transformer.h.{layer}";
            x = Add(x, Linear($"{block}.attn.c_proj", Attention(Linear($"{block}.attn.c_attn", Norm($"{block}.ln_1", x)))));
            x = Add(x, Linear($"{block}.mlp.c_proj", Gelu(Linear($"{block}.mlp.c_fc", Norm($"{block}.ln_2", x)))));
        }

        return [.. Norm("transformer.ln_f", x).Select(row => wte.Select(e => Dot(e, row)).ToArray())];
    }

    /// <summary>The mean over tokens of −ln of the probability of each target.</summary>
    public double Loss(IReadOnlyList<int> inputs, IReadOnlyList<int> targets) =>
        Logits(inputs).Zip(targets, (logits, target) => LogSumExp(logits) - logits[target]).Average();

    private double[][] Attention(double[][] qkv)
    {
        var width = weights.Config.EmbeddingSize;
        var size = weights.Config.HeadSize;
        return [.. qkv.Select((row, t) =>
        {
            var y = new double[width];
            for (var head = 0; head < weights.Config.HeadCount; head++)
            {
                var (q, k, v) = (head * size, width + head * size, 2 * width + head * size);
                var scores = Enumerable.Range(0, t + 1)
                    .Select(s => Enumerable.Range(0, size).Sum(d => row[q + d] * qkv[s][k + d]) / Math.Sqrt(size)).ToArray();
                var total = LogSumExp(scores);
                for (var s = 0; s <= t; s++)
                    for (var d = 0; d < size; d++) y[head * size + d] += Math.Exp(scores[s] - total) * qkv[s][v + d];
            }

            return y;
        })];
    }

    private double[][] Norm(string name, double[][] x)
    {
        var (gain, bias) = (Vector($"{name}.weight"), Vector($"{name}.bias"));
        return [.. x.Select(row =>
        {
            var mean = row.Average();
            var variance = row.Average(value => (value - mean) * (value - mean));
            return row.Select((value, i) => (value - mean) / Math.Sqrt(variance + 1e-5) * gain[i] + bias[i]).ToArray();
        })];
    }

    private double[][] Linear(string name, double[][] x)
    {
        var (w, b) = (Matrix($"{name}.weight"), Vector($"{name}.bias"));
        return [.. x.Select(row => w.Select((output, o) => Dot(output, row) + b[o]).ToArray())];
    }

    private static double[][] Gelu(double[][] x) =>
        [.. x.Select(row => row.Select(v => 0.5 * v * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v)))).ToArray())];

    private static double[][] Add(double[][] x, double[][] y) => [.. x.Zip(y, (a, b) => a.Zip(b, (p, q) => p + q).ToArray())];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();

    private static double LogSumExp(double[] x) => x.Max() + Math.Log(x.Sum(value => Math.Exp(value - x.Max())));

    private double[] Vector(string name) => [.. weights.Tensors[name].Values.ToArray().Select(value => (double)value)];

    private double[][] Matrix(string name) => [.. Vector(name).Chunk(weights.Tensors[name].Shape[1])];
}
