using TinyLM.Lab.Inspection;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Inference;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Tests.Lab.Inspection;

// T = tokens, C = embedding size, D = size of a head, V = vocabulary

/// <summary>The tables that the page shows, stage by stage: each is what the formula beside it makes of the tables shown before, and the last is what the model says.</summary>
public class StageReaderTests
{
    private const int Count = 9;

    /// <summary>fp32 against double precision, relative to the greatest number of a table.</summary>
    private const double Tolerance = 1e-4;

    private static readonly ModelConfig s_gpt2 = new() { VocabularySize = 50, ContextLength = 12, EmbeddingSize = 24, LayerCount = 2, HeadCount = 3 };
    private static readonly ModelConfig s_llama = s_gpt2 with { Family = ModelFamily.Llama, KeyValueHeadCount = 1, FeedForwardSize = 40, TiedHead = false };
    private static readonly int[] s_tokens = [49, 3, 17, 3, 8, 21, 3, 17, 0];

    [Theory]
    [InlineData(ModelFamily.Gpt2)]
    [InlineData(ModelFamily.Llama)]
    public void Stages_EachFromTheOnesShownBefore_EndAtTheLogitsOfTheModel(ModelFamily family)
    {
        var config = family == ModelFamily.Llama ? s_llama : s_gpt2;
        var weights = TestWeights.Random(config, seed: 6);
        var model = LanguageModel.Create(weights);
        var trace = ForwardTrace.Run(model, s_tokens, cancellationToken: TestContext.Current.CancellationToken);
        var isLlama = family == ModelFamily.Llama;
        var (embeddings, head) = isLlama ? ("model.embed_tokens.weight", "lm_head.weight") : ("transformer.wte.weight", "transformer.wte.weight");

        Expect([.. s_tokens.Select(token => Matrix(embeddings)[token])], Show("embedding"));
        if (!isLlama) Expect(Matrix("transformer.wpe.weight")[..Count], Show("positions"));
        var stream = Show("sum");
        Expect(isLlama ? Show("embedding") : Add(Show("embedding"), Show("positions")), stream);
        for (var layer = 0; layer < config.LayerCount; layer++) stream = Block(layer, stream);

        Expect(stream, Show("final", table: 0));
        var normed = Show("final", table: 1);
        Expect(Norm(stream, isLlama ? "model.norm" : "transformer.ln_f"), normed);
        var logits = Times(normed, Matrix(head), bias: null);
        Expect(logits, Chunk(model.CreateSession().AppendAll(s_tokens), config.VocabularySize));
        double[] likeliest = [.. logits[^1].OrderDescending().Take(StageReader.Candidates)];
        Expect([likeliest], Show("logits"));
        Expect([[.. likeliest.Select(logit => Math.Exp(logit) / logits[^1].Sum(Math.Exp))]], Show("probabilities"));

        double[][] Block(int layer, double[][] x)
        {
            var block = isLlama ? $"model.layers.{layer}" : $"transformer.h.{layer}";
            var normed = Show("attention-norm", layer);
            Expect(Norm(x, isLlama ? $"{block}.input_layernorm" : $"{block}.ln_1"), normed);
            var gathered = Enumerable.Range(0, config.HeadCount).Select(one => Head(block, layer, one, normed)).ToList();
            var heads = Show("heads", layer);
            Expect([.. heads.Select((_, t) => gathered.SelectMany(rows => rows[t]).ToArray())], heads);
            var projection = Show("projection", layer);
            Expect(Linear(heads, isLlama ? $"{block}.self_attn.o_proj" : $"{block}.attn.c_proj"), projection);
            Expect(x, Show("middle", layer, table: 0));
            Expect(projection, Show("middle", layer, table: 1));
            var middle = Show("middle", layer, table: 2);
            Expect(Add(x, projection), middle);
            var second = Show("mlp-norm", layer);
            Expect(Norm(middle, isLlama ? $"{block}.post_attention_layernorm" : $"{block}.ln_2"), second);
            var expansion = Show("expansion", layer);
            Expect(Linear(second, isLlama ? $"{block}.mlp.up_proj" : $"{block}.mlp.c_fc"), expansion);
            var activation = Show("activation", layer);
            if (isLlama)
            {
                var gate = Show("gate", layer);
                Expect(Linear(second, $"{block}.mlp.gate_proj"), gate);
                Expect([.. gate.Zip(expansion, (g, u) => g.Zip(u, (a, b) => a / (1 + Math.Exp(-a)) * b).ToArray())], activation);
            }
            else
            {
                Expect([.. expansion.Select(row => row.Select(u => 0.5 * u * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (u + 0.044715 * u * u * u)))).ToArray())], activation);
            }

            var added = Show("mlp", layer);
            Expect(Linear(activation, isLlama ? $"{block}.mlp.down_proj" : $"{block}.mlp.c_proj"), added);
            Expect(middle, Show("residual", layer, table: 0));
            Expect(added, Show("residual", layer, table: 1));
            Expect(Add(middle, added), Show("residual", layer, table: 2));
            return Show("residual", layer, table: 2);
        }

        double[][] Head(string block, int layer, int one, double[][] normed)
        {
            var size = config.HeadSize;
            var shared = one / (config.HeadCount / config.ActualKeyValueHeadCount);
            var (q, k, v) = (Show("query", layer, one), Show("key", layer, one), Show("value", layer, one));
            if (isLlama)
            {
                Expect(Turn(Columns(Linear(normed, $"{block}.self_attn.q_proj"), one)), q);
                Expect(Turn(Columns(Linear(normed, $"{block}.self_attn.k_proj"), shared)), k);
                Expect(Columns(Linear(normed, $"{block}.self_attn.v_proj"), shared), v);
            }
            else
            {
                var all = Linear(normed, $"{block}.attn.c_attn");
                Expect(Columns(all, one), q);
                Expect(Columns(all, config.HeadCount + one), k);
                Expect(Columns(all, 2 * config.HeadCount + one), v);
            }

            var scores = Show("scores", layer, one);
            Expect([.. Times(q, k, bias: null).Select(row => row.Select(product => product / Math.Sqrt(size)).ToArray())], scores);
            var masked = Show("mask", layer, one);
            for (var t = 0; t < Count; t++)
                for (var s = 0; s < Count; s++) Assert.Equal(s > t ? double.NegativeInfinity : scores[t][s], masked[t][s]);
            var attention = Show("softmax", layer, one);
            Expect([.. masked.Select(row => row.Select(score => Math.Exp(score) / row.Sum(Math.Exp)).ToArray())], attention);
            Expect(attention, Show("weighted", layer, one, table: 0));
            Expect(v, Show("weighted", layer, one, table: 1));
            var gathered = Show("weighted", layer, one, table: 2);
            Expect([.. attention.Select(row => Enumerable.Range(0, size).Select(d => row.Select((share, s) => share * v[s][d]).Sum()).ToArray())], gathered);
            return gathered;

            double[][] Columns(double[][] x, int index) => [.. x.Select(row => row[(index * size)..((index + 1) * size)])];

            double[][] Turn(double[][] x) => [.. x.Select((row, t) => row.Select((_, d) =>
            {
                var pair = d % (size / 2);
                var angle = t / Math.Pow(config.RotaryBase, 2.0 * pair / size);
                var (a, b) = (row[pair], row[pair + size / 2]);
                return d < size / 2 ? a * Math.Cos(angle) - b * Math.Sin(angle) : a * Math.Sin(angle) + b * Math.Cos(angle);
            }).ToArray())];
        }

        double[][] Show(string stage, int layer = 0, int one = 0, int table = 0)
        {
            var shown = StageReader.Read(trace, stage, layer, one, new TokenWindow(0, Count))[table].Table;
            return Chunk(shown.Values, shown.Columns);
        }

        double[][] Norm(double[][] x, string name)
        {
            var gain = Vector($"{name}.weight");
            return [.. x.Select(row =>
            {
                var mean = isLlama ? 0 : row.Average();
                var scale = 1 / Math.Sqrt(row.Average(value => (value - mean) * (value - mean)) + config.NormEpsilon);
                return row.Select((value, i) => (value - mean) * scale * gain[i] + (isLlama ? 0 : Vector($"{name}.bias")[i])).ToArray();
            })];
        }

        double[][] Linear(double[][] x, string name) => Times(x, Matrix($"{name}.weight"), isLlama ? null : Vector($"{name}.bias"));

        double[] Vector(string name) => [.. weights.Tensors[name].Values.ToArray().Select(value => (double)value)];

        double[][] Matrix(string name) => [.. Vector(name).Chunk(weights.Tensors[name].Shape[1])];
    }

    [Fact]
    public void Read_AStageThatIsNone_IsRefused() => Assert.Throws<ArgumentException>(() => StageReader.Read(
        ForwardTrace.Run(LanguageModel.Create(TestWeights.Random(s_gpt2, seed: 6)), s_tokens, cancellationToken: TestContext.Current.CancellationToken), "gates", 0, 0, new TokenWindow(0, Count)));

    private static double[][] Chunk(float[] values, int width) => [.. values.Select(value => (double)value).Chunk(width)];

    private static double[][] Times(double[][] x, double[][] w, double[]? bias) =>
        [.. x.Select(row => w.Select((output, o) => output.Zip(row, (a, b) => a * b).Sum() + (bias?[o] ?? 0)).ToArray())];

    private static double[][] Add(double[][] x, double[][] y) => [.. x.Zip(y, (a, b) => a.Zip(b, (p, q) => p + q).ToArray())];

    private static void Expect(double[][] expected, double[][] shown, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(shown))] string what = "")
    {
        Assert.Equal((expected.Length, expected[0].Length), (shown.Length, shown[0].Length));
        var greatest = expected.Max(row => row.Max(Math.Abs));
        for (var r = 0; r < expected.Length; r++)
            for (var c = 0; c < expected[r].Length; c++)
                if (!(Math.Abs(expected[r][c] - shown[r][c]) <= Tolerance * greatest)) Assert.Fail($"{what}: ({r}, {c}) is {shown[r][c]}; expected {expected[r][c]}, of at most {greatest}.");
    }
}
