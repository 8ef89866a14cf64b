using TinyLM.Model.Checkpoints;

namespace TinyLM.Lab.Tests;

// T = tokens, C = embedding size, D = size of a head, V = vocabulary

/// <summary>Llama by its formulas, in double precision, one sum at a time: slow, and plain enough to be checked by eye.</summary>
/// <remarks>Touvron et al. 2023; Su et al. 2021 (rotary positions); Shazeer 2020 (SwiGLU); Ainslie et al. 2023 (grouped queries).</remarks>
internal sealed class LlamaReference(ModelWeights weights)
{
    /// <summary>Logits after each token, (T, V).</summary>
    public double[][] Logits(IReadOnlyList<int> tokens)
    {
        var embedding = Matrix("model.embed_tokens");
        var x = tokens.Select(token => embedding[token]).ToArray();
        for (var layer = 0; layer < weights.Config.LayerCount; layer++)
        {
            var block = $"model.layers.{layer}";
            var normed = Norm($"{block}.input_layernorm", x);
            x = Add(x, Linear($"{block}.self_attn.o_proj", Attention(
                Turn(Linear($"{block}.self_attn.q_proj", normed)),
                Turn(Linear($"{block}.self_attn.k_proj", normed)),
                Linear($"{block}.self_attn.v_proj", normed))));
            normed = Norm($"{block}.post_attention_layernorm", x);
            var gate = Linear($"{block}.mlp.gate_proj", normed).Select(row => row.Select(v => v / (1 + Math.Exp(-v))).ToArray());
            var up = Linear($"{block}.mlp.up_proj", normed);
            x = Add(x, Linear($"{block}.mlp.down_proj", [.. gate.Zip(up, (a, b) => a.Zip(b, (p, q) => p * q).ToArray())]));
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

    private double[][] Attention(double[][] q, double[][] k, double[][] v)
    {
        var (size, heads) = (weights.Config.HeadSize, weights.Config.HeadCount);
        var group = heads / weights.Config.ActualKeyValueHeadCount;
        return [.. q.Select((row, t) =>
        {
            var y = new double[row.Length];
            for (var head = 0; head < heads; head++)
            {
                var shared = head / group * size;
                var scores = Enumerable.Range(0, t + 1).Select(s => Enumerable.Range(0, size).Sum(d => row[head * size + d] * k[s][shared + d]) / Math.Sqrt(size)).ToArray();
                var total = scores.Max() + Math.Log(scores.Sum(score => Math.Exp(score - scores.Max())));
                for (var s = 0; s <= t; s++)
                    for (var d = 0; d < size; d++) y[head * size + d] += Math.Exp(scores[s] - total) * v[s][shared + d];
            }

            return y;
        })];
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
