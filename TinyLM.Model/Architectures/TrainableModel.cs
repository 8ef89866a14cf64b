using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace TinyLM.Model.Architectures;

// B = batch, T = position, C = embedding size, V = vocabulary

/// <summary>A model as autograd sees it: weights, forward pass and loss; the families say what lies between embedding and logits.</summary>
/// <remarks>Belongs to the thread that trains.</remarks>
internal abstract class TrainableModel : IDisposable
{
    /// <param name="config">Its shape.</param>
    /// <param name="device">Where it lives.</param>
    /// <param name="shared">Whose weights it uses; null gives it its own, all zero.</param>
    /// <param name="type">Number format of the weights.</param>
    protected TrainableModel(ModelConfig config, Device device, FlatParameters? shared, ScalarType type)
    {
        Config = config;
        Fused = device.type == DeviceType.CPU && type == float32 && Vector512.IsHardwareAccelerated;
        Parameters = new FlatParameters(ModelLayout.WeightsOf(config), device, shared, type);
        Attention = new SelfAttention(config, Fused);
    }

    /// <summary>Its shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>Its weights and gradients; owned here.</summary>
    public FlatParameters Parameters { get; }

    /// <summary>Whether matrix products are in bfloat16, over fp32 weights.</summary>
    public bool Bf16 { get; set; }

    /// <summary>Whether the managed kernels take the place of libtorch's functions.</summary>
    protected bool Fused { get; }

    /// <summary>Attention of one block after the other; owned here.</summary>
    protected SelfAttention Attention { get; }

    /// <summary>A model of the family that a configuration names.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="device">Where it lives.</param>
    /// <param name="shared">Whose weights it uses; null gives it its own, all zero.</param>
    /// <param name="type">Number format of the weights: fp32, or fp64 where exactness is all that counts.</param>
    public static TrainableModel Create(ModelConfig config, Device device, FlatParameters? shared = null, ScalarType type = ScalarType.Float32) => config.Family switch
    {
        ModelFamily.Gpt2 => new TrainableGpt2(config, device, shared, type),
        ModelFamily.Llama => new TrainableLlama(config, device, shared, type),
        var family => throw new ArgumentException($"Models of the family {family} cannot be trained.", nameof(config)),
    };

    /// <summary>Logits after each token.</summary>
    /// <param name="tokens">Ids, int64, (B, T); the caller keeps it.</param>
    /// <returns>(B·T, V), in the format of the products, in the caller's dispose scope.</returns>
    public abstract Tensor Forward(Tensor tokens);

    /// <summary>Mean loss over all tokens, in nats, as a scalar in the caller's dispose scope.</summary>
    /// <param name="tokens">Ids, int64, (B, T).</param>
    /// <param name="targets">The id that follows each, int64, (B, T).</param>
    /// <param name="divisor">Tokens to divide the summed loss by, where these are part of a larger batch; null: the number of these.</param>
    public Tensor Loss(Tensor tokens, Tensor targets, long? divisor = null)
    {
        var logits = Forward(tokens);
        var count = targets.numel();
        if (Fused) return FusedCrossEntropy.apply(logits, targets, divisor ?? count);
        var mean = cross_entropy(Bf16 ? logits.to(float32) : logits, targets.view(-1));
        return divisor is { } all && all != count ? mean.Times((double)count / all) : mean;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Parameters.Dispose();
        Attention.Dispose();
    }

    /// <summary>x · Wᵀ + b, in bf16 where that is chosen.</summary>
    protected Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null) =>
        Bf16 ? linear(x, weight.to(bfloat16), bias?.to(bfloat16)) : linear(x, weight, bias);
}
