using TinyLM.Model.Checkpoints;
using TinyLM.Model.Inference;

namespace TinyLM.Lab.Tests;

// T = tokens, C = embedding size, D = size of a head, V = vocabulary

/// <summary>Llama by its formulas, in double precision, one sum at a time: slow, and plain enough to be checked by eye.</summary>
/// <remarks>Touvron et al. 2023; Su et al. 2021 (rotary positions); Shazeer 2020 (SwiGLU); Ainslie et al. 2023 (grouped queries).</remarks>
/// <param name="weights">The model.</param>
/// <param name="seen">Told each intermediate: its place, its layer, (T, width).</param>
internal sealed class LlamaReference(ModelWeights weights, Action<ActivationSite, int, double[][]>? seen = null)
{
    /// <summary>Told the attention of each head: layer, head, (T, T) with nothing beyond the diagonal.</summary>
    public Action<int, int, double[][]>? AttentionSeen { get; init; }

    /// <summary>Logits after each token, (T, V).</summary>
    public double[][] Logits(IReadOnlyList<int> tokens)
    {
        var embedding = Matrix("model.embed_tokens");
        var x = tokens.Select(token => embedding[token]).ToArray();
        for (var layer = 0; layer < weights.Config.LayerCount; layer++)
        {
            var block = $"model.layers.{layer}";
            var normed = See(ActivationSite.AttentionNorm, layer, Norm($"{block}.input_layernorm", x));
            var heads = See(ActivationSite.HeadOutput, layer, Attention(
                layer,
                See(ActivationSite.Query, layer, Turn(Linear($"{block}.self_attn.q_proj", normed))),
                See(ActivationSite.Key, layer, Turn(Linear($"{block}.self_attn.k_proj", normed))),
                See(ActivationSite.Value, layer, Linear($"{block}.self_attn.v_proj", normed))));
            x = See(ActivationSite.MiddleResidual, layer, Add(x, See(ActivationSite.AttentionOutput, layer, Linear($"{block}.self_attn.o_proj", heads))));
            normed = See(ActivationSite.FeedForwardNorm, layer, Norm($"{block}.post_attention_layernorm", x));
            var gate = See(ActivationSite.Gate, layer, Linear($"{block}.mlp.gate_proj", normed)).Select(row => row.Select(v => v / (1 + Math.Exp(-v))).ToArray());
            var up = See(ActivationSite.Expansion, layer, Linear($"{block}.mlp.up_proj", normed));
            var activation = See(ActivationSite.Activation, layer, [.. gate.Zip(up, (a, b) => a.Zip(b, (p, q) => p * q).ToArray())]);
            x = See(ActivationSite.Residual, layer, Add(x, See(ActivationSite.FeedForwardOutput, layer, Linear($"{block}.mlp.down_proj", activation))));
        }

        var head = weights.Config.TiedHead ? embedding : Matrix("lm_head");
        return [.. Norm("model.norm", x).Select(row => head.Select(e => Dot(e, row)).ToArray())];
    }

    /// <summary>Of each head, as complex numbers x[i] + i x[i + D/2], times e^(i t θ).</summary>
    private double[][] Turn(double[][] x)
    {
        var size = weights.Config.HeadSize;
        return [.. x.Select((row, t) => row.Select((_, c) =>
        {
            var (start, d) = (c / size * size, c % size);
            var pair = d % (size / 2);
            var angle = t / Math.Pow(weights.Config.RotaryBase, 2.0 * pair / size);
            var (a, b) = (row[start + pair], row[start + pair + size / 2]);
            return d < size / 2 ? a * Math.Cos(angle) - b * Math.Sin(angle) : a * Math.Sin(angle) + b * Math.Cos(angle);
        }).ToArray())];
    }

    private double[][] See(ActivationSite site, int layer, double[][] values)
    {
        seen?.Invoke(site, layer, values);
        return values;
    }

    private double[][] Attention(int layer, double[][] q, double[][] k, double[][] v)
    {
        var (size, heads) = (weights.Config.HeadSize, weights.Config.HeadCount);
        var group = heads / weights.Config.ActualKeyValueHeadCount;
        var seenWeights = Enumerable.Range(0, heads).Select(_ => new List<double[]>()).ToArray();
        double[][] attended = [.. q.Select((row, t) =>
        {
            var y = new double[row.Length];
            for (var head = 0; head < heads; head++)
            {
                var shared = head / group * size;
                var scores = Enumerable.Range(0, t + 1).Select(s => Enumerable.Range(0, size).Sum(d => row[head * size + d] * k[s][shared + d]) / Math.Sqrt(size)).ToArray();
                var total = scores.Max() + Math.Log(scores.Sum(score => Math.Exp(score - scores.Max())));
                seenWeights[head].Add([.. scores.Select(score => Math.Exp(score - total))]);
                for (var s = 0; s <= t; s++)
                    for (var d = 0; d < size; d++) y[head * size + d] += Math.Exp(scores[s] - total) * v[s][shared + d];
            }

            return y;
        })];
        for (var head = 0; head < heads; head++) AttentionSeen?.Invoke(layer, head, [.. seenWeights[head]]);
        return attended;
    }

    private double[][] Norm(string name, double[][] x)
    {
        var gain = Vector(name);
        return [.. x.Select(row =>
        {
            var scale = 1 / Math.Sqrt(row.Average(value => value * value) + weights.Config.NormEpsilon);
            return row.Select((value, i) => value * scale * gain[i]).ToArray();
        })];
    }

    private double[][] Linear(string name, double[][] x)
    {
        var w = Matrix(name);
        return [.. x.Select(row => w.Select(output => Dot(output, row)).ToArray())];
    }

    private static double[][] Add(double[][] x, double[][] y) => [.. x.Zip(y, (a, b) => a.Zip(b, (p, q) => p + q).ToArray())];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();

    private double[] Vector(string name) => [.. weights.Tensors[$"{name}.weight"].Values.ToArray().Select(value => (double)value)];

    private double[][] Matrix(string name) => [.. Vector(name).Chunk(weights.Tensors[$"{name}.weight"].Shape[1])];
}
