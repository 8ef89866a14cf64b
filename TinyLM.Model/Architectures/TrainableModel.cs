using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TinyLM.Model.Architectures;

// B = batch, T = position, C = embedding size, V = vocabulary

/// <summary>A model as autograd sees it: weights, forward pass and loss; the families say what lies between embedding and logits.</summary>
/// <remarks>Belongs to the thread that trains.</remarks>
internal abstract class TrainableModel : IDisposable
{
    /// <param name="config">Its shape.</param>
    /// <param name="setup">Where and how.</param>
    protected TrainableModel(ModelConfig config, TrainableSetup setup)
    {
        (Config, Bf16) = (config, setup.Bf16);
        Fused = setup.Device.type == DeviceType.CPU && setup.Type == float32 && (setup.Managed ?? Vector512.IsHardwareAccelerated);
        var working = !Bf16 ? WorkingWeights.None : Fused ? WorkingWeights.Copies : WorkingWeights.Leaves;
        Parameters = new FlatParameters(ModelLayout.WeightsOf(config), setup.Device, setup.Shared, setup.Type, working);
        if (setup.Device.type != DeviceType.CPU) MostLogitBytes = ChunkedLoss.MostBytesOnDevice;
        Attention = new SelfAttention(config, Fused);
        Dropout = new Dropout(0);
    }

    /// <summary>Its shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>Its weights and gradients; owned here.</summary>
    public FlatParameters Parameters { get; }

    /// <summary>Whether matrix products are in bfloat16, over fp32 weights.</summary>
    public bool Bf16 { get; }

    /// <summary>What is dropped while the model learns; nothing, unless set.</summary>
    public Dropout Dropout { get; set; }

    /// <summary>Whether of each block only the input is kept, and the backward pass computes the block again.</summary>
    public bool Recomputes { get; set; }

    /// <summary>Bytes of logits that stand in memory at once.</summary>
    public long MostLogitBytes { get; set; } = ChunkedLoss.MostBytes;

    /// <summary>Whether the managed kernels take the place of libtorch's functions.</summary>
    protected bool Fused { get; }

    /// <summary>Attention of one block after the other; owned here.</summary>
    protected SelfAttention Attention { get; }

    /// <summary>A model of the family that a configuration names.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="setup">Where and how.</param>
    public static TrainableModel Create(ModelConfig config, TrainableSetup setup) => config.Family switch
    {
        ModelFamily.Gpt2 => new TrainableGpt2(config, setup),
        ModelFamily.Llama => new TrainableLlama(config, setup),
        var family => throw new ArgumentException($"Models of the family {family} cannot be trained.", nameof(config)),
    };

    /// <summary>The matrix from the last hidden state to logits, (V, C).</summary>
    protected abstract Weight Head { get; }

    /// <summary>Logits after each token.</summary>
    /// <param name="tokens">Ids, int64, (B, T); the caller keeps it.</param>
    /// <returns>(B·T, V), in the format of the products, in the caller's dispose scope.</returns>
    public Tensor Forward(Tensor tokens) => functional.linear(Hidden(tokens), Head.Working);

    /// <summary>Mean loss over all tokens, in nats, as a scalar in the caller's dispose scope.</summary>
    /// <param name="tokens">Ids, int64, (B, T).</param>
    /// <param name="targets">The id that follows each, int64, (B, T).</param>
    /// <param name="divisor">Tokens to divide the summed loss by, where these are part of a larger batch; null: the number of these.</param>
    public Tensor Loss(Tensor tokens, Tensor targets, long? divisor = null) =>
        ChunkedLoss.Of(Hidden(tokens), Head, targets, divisor ?? targets.numel(), Fused, MostLogitBytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        Parameters.Dispose();
        Attention.Dispose();
    }

    /// <summary>What the first block reads, (B·T, C).</summary>
    protected abstract Tensor Embed(Tensor tokens);

    /// <summary>A block: what it reads with what it adds, (B·T, C).</summary>
    protected abstract Tensor Block(int layer, Tensor x, long batch, long length);

    /// <summary>What the head reads, (B·T, C), in the format of the products.</summary>
    protected abstract Tensor FinalNorm(Tensor x);

    /// <summary>x with what a branch adds, some of it dropped.</summary>
    protected Tensor Plus(Tensor x, Tensor added, long batch, Dropout.Place place, int layer) =>
        x.Plus(Dropout.Apply(added, batch, place, layer));

    private Tensor Hidden(Tensor tokens)
    {
        var (batch, length) = (tokens.shape[0], tokens.shape[1]);
        Dropout.IsOn = is_grad_enabled();
        var x = Dropout.Apply(Embed(tokens), batch, Dropout.Place.Embedding);
        for (var layer = 0; layer < Config.LayerCount; layer++)
        {
            var number = layer;
            x = Recomputes ? Recomputed.Of(read => Scoped(number, read, batch, length), x) : Scoped(layer, x, batch, length);
        }
        return FinalNorm(x);
    }

    /// <summary>A block whose inner results are let go at its end: autograd keeps what it needs of them, and in measuring nobody needs any.</summary>
    private Tensor Scoped(int layer, Tensor x, long batch, long length)
    {
        using var scope = NewDisposeScope();
        return Block(layer, x, batch, length).MoveToOuterDisposeScope();
    }

    /// <summary>x · Wᵀ + b, in bf16 where that is chosen.</summary>
    protected Tensor Linear(Tensor x, Weight weight, Weight? bias = null) =>
        Fused ? LinearFunction.Of(x, weight, bias) : functional.linear(x, weight.Working, bias?.Leaf.to(x.dtype));
}
