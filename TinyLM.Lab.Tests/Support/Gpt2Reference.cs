using TinyLM.Model.Checkpoints;
using TinyLM.Model.Inference;

namespace TinyLM.Lab.Tests;

// T = tokens, C = embedding size, D = size of a head, V = vocabulary

/// <summary>GPT-2 by its formulas, in double precision, one sum at a time: slow, and plain enough to be checked by eye.</summary>
/// <remarks>Vaswani et al. 2017, section 3.2 (attention); Ba et al. 2016 (norm); Radford et al. 2019 (pre-norm, tanh GELU, tied head).</remarks>
/// <param name="weights">The model.</param>
/// <param name="seen">Told each intermediate: its place, its layer, (T, width).</param>
internal sealed class Gpt2Reference(ModelWeights weights, Action<ActivationSite, int, double[][]>? seen = null)
{
    /// <summary>Told the attention of each head: layer, head, (T, T) with nothing beyond the diagonal.</summary>
    public Action<int, int, double[][]>? AttentionSeen { get; init; }

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
            var qkv = Linear($"{block}.attn.c_attn", See(ActivationSite.AttentionNorm, layer, Norm($"{block}.ln_1", x)));
            var width = config.EmbeddingSize;
            See(ActivationSite.Query, layer, [.. qkv.Select(row => row[..width])]);
            See(ActivationSite.Key, layer, [.. qkv.Select(row => row[width..(2 * width)])]);
            See(ActivationSite.Value, layer, [.. qkv.Select(row => row[(2 * width)..])]);
            var heads = See(ActivationSite.HeadOutput, layer, Attention(layer, qkv));
            x = See(ActivationSite.MiddleResidual, layer, Add(x, See(ActivationSite.AttentionOutput, layer, Linear($"{block}.attn.c_proj", heads))));
            var expanded = See(ActivationSite.Expansion, layer, Linear($"{block}.mlp.c_fc", See(ActivationSite.FeedForwardNorm, layer, Norm($"{block}.ln_2", x))));
            var activation = See(ActivationSite.Activation, layer, Gelu(expanded));
            x = See(ActivationSite.Residual, layer, Add(x, See(ActivationSite.FeedForwardOutput, layer, Linear($"{block}.mlp.c_proj", activation))));
        }

        return [.. Norm("transformer.ln_f", x).Select(row => wte.Select(e => Dot(e, row)).ToArray())];
    }

    /// <summary>The mean over tokens of −ln of the probability of each target.</summary>
    public double Loss(IReadOnlyList<int> inputs, IReadOnlyList<int> targets) =>
        Logits(inputs).Zip(targets, (logits, target) => LogSumExp(logits) - logits[target]).Average();

    private double[][] See(ActivationSite site, int layer, double[][] values)
    {
        seen?.Invoke(site, layer, values);
        return values;
    }

    private double[][] Attention(int layer, double[][] qkv)
    {
        var width = weights.Config.EmbeddingSize;
        var size = weights.Config.HeadSize;
        var seenWeights = Enumerable.Range(0, weights.Config.HeadCount).Select(_ => new List<double[]>()).ToArray();
        double[][] attended = [.. qkv.Select((row, t) =>
        {
            var y = new double[width];
            for (var head = 0; head < weights.Config.HeadCount; head++)
            {
                var (q, k, v) = (head * size, width + head * size, 2 * width + head * size);
                var scores = Enumerable.Range(0, t + 1)
                    .Select(s => Enumerable.Range(0, size).Sum(d => row[q + d] * qkv[s][k + d]) / Math.Sqrt(size)).ToArray();
                var total = LogSumExp(scores);
                seenWeights[head].Add([.. scores.Select(score => Math.Exp(score - total))]);
                for (var s = 0; s <= t; s++)
                    for (var d = 0; d < size; d++) y[head * size + d] += Math.Exp(scores[s] - total) * qkv[s][v + d];
            }

            return y;
        })];
        for (var head = 0; head < seenWeights.Length; head++) AttentionSeen?.Invoke(layer, head, [.. seenWeights[head]]);
        return attended;
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
