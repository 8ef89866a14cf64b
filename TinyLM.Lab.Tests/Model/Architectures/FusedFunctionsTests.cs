using System.Runtime.Intrinsics;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Architectures;
using TinyLM.Model.Architectures.Kernels;
using TinyLM.Model.Numerics;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace TinyLM.Lab.Tests.Model.Architectures;

/// <summary>The managed kernels against libtorch's own functions in double precision, values and gradients; also where narrower registers make them slow.</summary>
[Collection(TorchTests.Name)]
public class FusedFunctionsTests
{
    /// <summary>fp32 against double precision, relative to the largest number of the tensor.</summary>
    private const double Fp32Tolerance = 3e-6;

    /// <summary>Numbers are rounded to 8 bits of mantissa, in and out.</summary>
    private const double Bf16Tolerance = 1.0 / 128;

    [Theory]
    [InlineData(ScalarType.Float32, Fp32Tolerance)]
    [InlineData(ScalarType.BFloat16, Bf16Tolerance)]
    public void Gelu_EqualsLibtorchs(ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var x = (Numbers(3, 1037) * 4).to(type); // no multiple of a register
        Check(tolerance, x, input => FusedGelu.Of(input), exact => gelu(exact, TorchSharp.Modules.GELU.Approximate.tanh));
    }

    [Theory]
    [InlineData(ScalarType.Float32, Fp32Tolerance)]
    [InlineData(ScalarType.BFloat16, Bf16Tolerance)]
    public void SwiGlu_EqualsLibtorchs(ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var x = (Numbers(5, 2 * 173) * 4).to(type); // no multiple of a register
        Check(tolerance, x, input => FusedSwiGlu.Apply(input), exact => silu(exact.chunk(2, -1)[0]) * exact.chunk(2, -1)[1]);
    }

    [Theory]
    [InlineData(ScalarType.Float32, Fp32Tolerance)]
    [InlineData(ScalarType.BFloat16, Bf16Tolerance)]
    public void RmsNorm_EqualsTheFormula(ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        foreach (var width in (int[])[173, 64, 5])
        {
            var (x, gain) = (Numbers(7, width) * 3, Numbers(1, width).view(-1) + 1.5f);
            var exactGain = gain.to(float64).requires_grad_();
            var leafGain = gain.clone().requires_grad_();
            Check(
                tolerance, x,
                input => FusedRmsNorm.Apply(input, leafGain, 1e-5, type).to(float32),
                exact => exact * (exact.square().mean([-1], keepdim: true) + 1e-5).rsqrt() * exactGain);
            AssertNear(exactGain.grad!, leafGain.grad!, tolerance);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, Fp32Tolerance)]
    [InlineData(ScalarType.BFloat16, Bf16Tolerance)]
    public void LayerNorm_EqualsLibtorchs(ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        foreach (var width in (int[])[173, 64, 5])
        {
            var x = Numbers(7, width) * 3 + 0.7f;
            using var gain = Zeroed(Numbers(1, width).view(-1) + 1.5f);
            using var bias = Zeroed(Numbers(2, width)[1]);
            var (exactGain, exactBias) = (gain.Leaf.detach().to(float64).requires_grad_(), bias.Leaf.detach().to(float64).requires_grad_());

            Check(
                tolerance, x,
                input => FusedLayerNorm.Of(input, gain, bias, 1e-5, type).to(float32),
                exact => layer_norm(exact, [width], exactGain, exactBias, 1e-5));

            AssertNear(exactGain.grad!, gain.Gradient, tolerance);
            AssertNear(exactBias.grad!, bias.Gradient, tolerance);
        }
    }

    /// <summary>The first gradient of a step is written over what was there, the second is added.</summary>
    [Theory]
    [InlineData(ScalarType.Float32, Fp32Tolerance)]
    [InlineData(ScalarType.BFloat16, Bf16Tolerance)]
    public void Linear_EqualsLibtorchs(ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        foreach (var (inputs, outputs) in (ReadOnlySpan<(int, int)>)[(37, 173), (64, 128), (5, 3)])
        {
            var working = Numbers(outputs, inputs).to(type);
            using var weight = new Weight(0, working.to(float32, copy: true), full([outputs, inputs], 7f), type == ScalarType.Float32 ? null : working, null);
            using var bias = Zeroed(Numbers(2, outputs)[1].to(type).to(float32, copy: true));
            var (exactWeight, exactBias) = (working.to(float64).requires_grad_(), bias.Leaf.detach().to(float64).requires_grad_());

            for (var time = 0; time < 2; time++)
                Check(tolerance, Numbers(7, inputs).to(type), input => LinearFunction.Of(input, weight, bias), exact => linear(exact, exactWeight, exactBias));

            AssertNear(exactWeight.grad!, weight.Gradient, tolerance);
            AssertNear(exactBias.grad!, bias.Gradient, tolerance);
        }
    }

    /// <summary>Groups of queries that share keys, and positions by rotation; the plain way is that of the model where there is no kernel.</summary>
    [Property(MaxTest = 25)]
    public Property GroupedRotaryAttention_AnyShape_EqualsLibtorchs() => Prop.ForAll(
        (from batch in Gen.Choose(1, 3)
         from length in Gen.Choose(1, 70)
         from shared in Gen.Choose(1, 3)
         from grouped in Gen.Choose(1, 3)
         from pairs in Gen.Choose(1, 35)
         from type in Gen.Elements(float32, bfloat16)
         select (batch, length, shared, grouped, pairs, type)).ToArbitrary(),
        shape =>
        {
            var heads = shape.shared * shape.grouped;
            var config = new ModelConfig { Family = ModelFamily.Llama, EmbeddingSize = 2 * shape.pairs * heads, HeadCount = heads, KeyValueHeadCount = shape.shared };
            using var scope = NewDisposeScope();
            using var fused = new SelfAttention(config, fused: true);
            using var plain = new SelfAttention(config, fused: false);
            var x = Numbers(shape.batch * shape.length, config.EmbeddingSize + 2 * config.KeyValueSize).to(shape.type);

            Check(
                shape.type == float32 ? 1e-5 : 2 * Bf16Tolerance, x,
                input => fused.Apply(input, shape.batch, shape.length, new Dropout(0), layer: 0),
                exact => plain.Apply(exact, shape.batch, shape.length, new Dropout(0), layer: 0));
        });

    /// <summary>Lengths and widths of heads on both sides of the tiles.</summary>
    [Property(MaxTest = 25)]
    public Property Attention_AnyShape_EqualsLibtorchs() => Prop.ForAll(
        (from batch in Gen.Choose(1, 3)
         from length in Gen.Choose(1, 70)
         from heads in Gen.Choose(1, 3)
         from size in Gen.Choose(1, 70)
         from type in Gen.Elements(float32, bfloat16)
         select (batch, length, heads, size, type)).ToArbitrary(),
        shape =>
        {
            using var scope = NewDisposeScope();
            using var kernel = new AttentionKernel(shape.length, shape.heads, shape.size);
            var x = Numbers(shape.batch * shape.length, 3 * shape.heads * shape.size).to(shape.type);

            for (var again = 0; again < 2; again++) // the workspace is used again
                Check(
                    shape.type == float32 ? 1e-5 : 2 * Bf16Tolerance, x,
                    qkv => FusedAttention.Apply(qkv, kernel, (long)shape.batch),
                    exact =>
                    {
                        var parts = exact.view(shape.batch, shape.length, 3, shape.heads, shape.size).permute(2, 0, 3, 1, 4);
                        var scores = parts[0].matmul(parts[1].transpose(2, 3)) / Math.Sqrt(shape.size);
                        var future = ones([shape.length, shape.length], @bool).triu(1);
                        return scores.masked_fill(future, double.NegativeInfinity).softmax(-1).matmul(parts[2]).transpose(1, 2).reshape(shape.batch * shape.length, -1);
                    });
        });

    [Fact]
    public void Exp_AnyNumber_EqualsDoublePrecision()
    {
        for (var x = -87f; x < 88; x += 0.0137f)
            Assert.Equal(Math.Exp(x), VectorMath.Exp(Vector512.Create(x))[3], 2.5e-7 * Math.Exp(x));
        Assert.Equal(0, VectorMath.Exp(Vector512.Create(-200f))[0]);
        Assert.Equal(0, VectorMath.Exp(Vector512.Create(float.NegativeInfinity))[0]);
        Assert.Equal(float.PositiveInfinity, VectorMath.Exp(Vector512.Create(200f))[0]);
        Assert.True(float.IsNaN(VectorMath.Exp(Vector512.Create(float.NaN))[0]));
    }

    [Fact]
    public void Bf16_Store_RoundsAsLibtorchDoes()
    {
        using var scope = NewDisposeScope();
        var x = Numbers(1, 16 * 50) * 1000;
        var expected = x.to(bfloat16);
        var found = empty_like(expected);

        unsafe
        {
            for (var i = 0; i < 16 * 50; i += 16)
                Bf16.Store(Fp32.Load(TensorMemory.Address(x), i), TensorMemory.Address(found), i);
        }

        Assert.True(expected.equal(found).to(float32).min().item<float>() == 1);
    }

    private static void Check(double tolerance, Tensor x, Func<Tensor, Tensor> fused, Func<Tensor, Tensor> plain)
    {
        var exactInput = x.to(float64).requires_grad_();
        var expected = plain(exactInput);
        var weights = expected.dim() == 0 ? ones([], float64) : Numbers(expected.shape[0], expected.shape[1]).to(x.dtype).to(float64);
        (expected * weights).sum().backward();

        var leaf = x.clone().requires_grad_();
        var found = fused(leaf * 1); // not the leaf itself, whose memory may be written over
        (found * weights.to(found.dtype)).sum().backward();

        AssertNear(expected, found, tolerance);
        AssertNear(exactInput.grad!, leaf.grad!, tolerance);
    }

    private static void AssertNear(Tensor expected, Tensor found, double tolerance)
    {
        var largest = expected.abs().max().item<double>();
        var worst = (expected.detach() - found.detach().to(float64)).abs().max().item<double>();
        Assert.InRange(worst, 0, tolerance * largest + 1e-12);
    }

    private static Weight Zeroed(Tensor values) => new(0, values, zeros_like(values), null, null);

    private static Tensor Numbers(long rows, long columns)
    {
        var random = new Random(7);
        return tensor([.. Enumerable.Range(0, (int)(rows * columns)).Select(_ => random.NextSingle() * 2 - 1)], [rows, columns], float32);
    }
}
