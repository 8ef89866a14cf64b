using System.Text.Json;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Checkpoints.Interchange;
using TinyLM.Model.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Lab.Tests.Model.Training;

/// <summary>The reference run of a tiny Llama: 40 steps in double precision by an independent autograd, with clipping, warm-up and cosine.</summary>
[Collection(TorchTests.Name)]
public class LlamaParityTests
{
    /// <summary>Of an fp32 engine against double precision, in nats. Measured: 4e-6.</summary>
    private const double LossTolerance = 1e-4;

    /// <summary>Of gradients in fp32, relative to the largest of their tensor.</summary>
    private const double GradientTolerance = 1e-5;

    /// <summary>Of final weights in fp32, against steps of up to 0.02.</summary>
    private const double WeightTolerance = 1e-4;

    /// <summary>Of double precision against double precision: sums in another order, and clipping's guard of 1e-6 that the engine does not have.</summary>
    private const double DoubleTolerance = 1e-6;

    private static readonly string[] s_perLayer =
        ["input_layernorm", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "post_attention_layernorm", "mlp.gate_proj", "mlp.down_proj", "mlp.up_proj"];

    [Fact]
    public void Training_FromTheReferencesWeights_HasItsLossesGradientsAndWeights()
    {
        using var reference = Reference();
        var initial = Initial();
        var batches = Batches(reference);
        var log = reference.RootElement.GetProperty("log");
        using var model = TrainableModel.Create(initial.Config, new TrainableSetup(CPU));
        var values = TensorMemory.Floats(model.Parameters.Values);
        foreach (var weight in model.Parameters.Weights) initial.Tensors[weight.Name].Values.Span.CopyTo(values[(int)model.Parameters.OffsetOf(weight.Name)..]);
        using var team = new WorkerTeam(1, () => TorchRuntime.Prepare(1));
        using var optimizer = new CpuOptimizer(model.Parameters, new AdamWSettings(0.9, 0.95, 1e-8, 0.1), muon: null, team, []);

        for (var step = 0; step < 40; step++)
        {
            Assert.Equal(log[step].GetProperty("loss").GetDouble(), Backward(model, batches[step]), LossTolerance);
            if (step == 0) AssertGradients(reference, model);
            var norm = optimizer.Step(step + 1, log[step].GetProperty("lr").GetDouble(), gradientScale: 1, clip: 1, readNorm: true)!.Value;
            Assert.Equal(log[step].GetProperty("grad_norm").GetDouble(), norm, LossTolerance);
        }
        foreach (var (name, expected) in Named(reference.RootElement.GetProperty("final_flat").Deserialize<double[]>()!, initial.Config))
            Assert.All(
                expected.Zip(TensorMemory.Floats(model.Parameters.Values).Slice((int)model.Parameters.OffsetOf(name), expected.Length).ToArray()),
                pair => Assert.Equal(pair.First, pair.Second, WeightTolerance));
    }

    /// <summary>The same in double precision, with an optimizer written out here: what is left is the model's own arithmetic.</summary>
    [Fact]
    public void Training_InDoublePrecision_HasTheReferencesLossesToAMillionth()
    {
        using var reference = Reference();
        var initial = Initial();
        var batches = Batches(reference);
        var log = reference.RootElement.GetProperty("log");
        using var model = TrainableModel.Create(initial.Config, new TrainableSetup(CPU) { Type = ScalarType.Float64 });
        var exact = Named(reference.RootElement.GetProperty("init_flat").Deserialize<double[]>()!, initial.Config);
        var values = Doubles(model.Parameters.Values);
        foreach (var weight in model.Parameters.Weights) exact[weight.Name].CopyTo(values[(int)model.Parameters.OffsetOf(weight.Name)..]);
        var (first, second) = (new double[model.Parameters.Count], new double[model.Parameters.Count]);

        for (var step = 0; step < 40; step++)
        {
            using var scope = NewDisposeScope();
            model.Parameters.Gradients.zero_();
            Assert.Equal(log[step].GetProperty("loss").GetDouble(), Backward(model, batches[step]), DoubleTolerance);

            var gradients = Doubles(model.Parameters.Gradients);
            var norm = 0.0;
            foreach (var gradient in gradients) norm += gradient * gradient;
            Assert.Equal(log[step].GetProperty("grad_norm").GetDouble(), Math.Sqrt(norm), DoubleTolerance);
            var scale = Math.Min(1, 1 / (Math.Sqrt(norm) + 1e-6));
            var rate = log[step].GetProperty("lr").GetDouble();
            for (var i = 0; i < gradients.Length; i++)
            {
                var gradient = gradients[i] * scale;
                first[i] = 0.9 * first[i] + 0.1 * gradient;
                second[i] = 0.95 * second[i] + 0.05 * gradient * gradient;
                if (i < model.Parameters.MatrixCount) values[i] -= rate * 0.1 * values[i];
                values[i] -= rate * first[i] / (1 - Math.Pow(0.9, step + 1)) / (Math.Sqrt(second[i] / (1 - Math.Pow(0.95, step + 1))) + 1e-8);
            }
        }

        foreach (var (name, expected) in Named(reference.RootElement.GetProperty("final_flat").Deserialize<double[]>()!, initial.Config))
            Assert.All(expected.Zip(Doubles(model.Parameters.Values).Slice((int)model.Parameters.OffsetOf(name), expected.Length).ToArray()), pair => Assert.Equal(pair.First, pair.Second, DoubleTolerance));
    }

    private static JsonDocument Reference() => JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "llama_train", "llama_tiny_40steps.json")));

    private static ModelWeights Initial() => Llama2cFile.Read(SharedData.Path("golden", "llama_train", "llama_tiny_init_v0.bin"));

    private static int[][][] Batches(JsonDocument reference) => reference.RootElement.GetProperty("batches").Deserialize<int[][][]>()!;

    private static double Backward(TrainableModel model, int[][] rows)
    {
        using var scope = NewDisposeScope();
        var inputs = tensor([.. rows.SelectMany(row => row[..^1]).Select(id => (long)id)], [3, 12], int64);
        var targets = tensor([.. rows.SelectMany(row => row[1..]).Select(id => (long)id)], [3, 12], int64);
        var loss = model.Loss(inputs, targets);
        loss.backward();
        return loss.to(float64).item<double>();
    }

    private static void AssertGradients(JsonDocument reference, TrainableModel model)
    {
        var gradients = TensorMemory.Floats(model.Parameters.Gradients);
        foreach (var (name, expected) in Named(reference.RootElement.GetProperty("grad_step0_flat_unclipped").Deserialize<double[]>()!, model.Config))
        {
            var largest = expected.Max(Math.Abs);
            Assert.All(
                expected.Zip(gradients.Slice((int)model.Parameters.OffsetOf(name), expected.Length).ToArray()),
                pair => Assert.Equal(pair.First, pair.Second, GradientTolerance * largest));
        }
    }

    private static unsafe Span<double> Doubles(Tensor tensor) => new(TensorMemory.Address(tensor), (int)tensor.numel());

    /// <summary>Numbers in llama2.c's order by the engine's names, the rows of queries and keys in its order.</summary>
    private static Dictionary<string, double[]> Named(double[] flat, ModelConfig config)
    {
        string[] order =
        [
            "model.embed_tokens.weight",
            .. s_perLayer.SelectMany(part => Enumerable.Range(0, config.LayerCount).Select(layer => $"model.layers.{layer}.{part}.weight")),
            "model.norm.weight",
        ];
        var shapes = TestWeights.LlamaShapes(config).ToDictionary(weight => weight.Name, weight => weight.Shape);
        var named = new Dictionary<string, double[]>();
        var offset = 0;
        foreach (var name in order)
        {
            var count = shapes[name].Aggregate((a, b) => a * b);
            var values = flat[offset..(offset + count)];
            offset += count;
            if (name.Contains("q_proj", StringComparison.Ordinal) || name.Contains("k_proj", StringComparison.Ordinal))
            {
                var rows = values.Chunk(config.EmbeddingSize).ToArray();
                values = [.. rows.Chunk(config.HeadSize).SelectMany(head => head.Where((_, i) => i % 2 == 0).Concat(head.Where((_, i) => i % 2 == 1))).SelectMany(row => row)];
            }

            named.Add(name, values);
        }

        Assert.Equal(flat.Length, offset);
        return named;
    }
}
