using TinyLM.Model.Architectures.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Architectures;

// R = rows (tokens), C = embedding size, V = vocabulary

/// <summary>Head and cross-entropy in one, some rows at a time, so that the logits of a large batch never stand in memory whole.</summary>
/// <remarks>
/// In the forward pass the softmax of a piece of logits is written over it while it is near. A single piece waits for the backward
/// pass; of several, two products give at once what flows back into the rows and into the head.
/// The idea is that of Wijmans et al. 2024, "Cut Your Losses", https://arxiv.org/abs/2411.09009, without its own products.
/// </remarks>
internal sealed unsafe class ChunkedLoss : ManagedFunction<ChunkedLoss>
{
    /// <summary>Bytes of logits that stand in memory at once on a processor, where no one says otherwise.</summary>
    public const long MostBytes = 1L << 25;

    /// <summary>The same on a graphics card, which wants large products.</summary>
    public const long MostBytesOnDevice = 1L << 29;

    /// <summary>Σ −ln softmax(x · Wᵀ)[target] / divisor, in nats, as a scalar in the caller's dispose scope.</summary>
    /// <param name="x">(R, C), in the format of the products.</param>
    /// <param name="head">W, (V, C); its gradient is added to it in the backward pass.</param>
    /// <param name="targets">Ids, int64, R of them.</param>
    /// <param name="divisor">Tokens that the loss is the mean of.</param>
    /// <param name="fused">Whether the managed kernel may be used.</param>
    /// <param name="mostBytes">Bytes of logits at once; at least a row is taken.</param>
    public static Tensor Of(Tensor x, Weight head, Tensor targets, long divisor, bool fused, long mostBytes = MostBytes) =>
        Apply(x, head, targets, divisor, fused, Math.Max(1, mostBytes / (head.Leaf.shape[0] * x.ElementSize)), is_grad_enabled());

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, head, targets, divisor) = ((Tensor)vars[0], (Weight)vars[1], ((Tensor)vars[2]).view(-1), (long)vars[3]);
        var (fused, rowsAtOnce, withGradient) = ((bool)vars[4], (long)vars[5], (bool)vars[6]);
        ctx.save_data("head", head);
        var across = head.Working.t();
        var sumType = x.dtype == float64 ? float64 : float32;
        if (x.shape[0] <= rowsAtOnce)
        {
            var (whole, gradient) = Loss(x.mm(across), targets);
            ctx.save_for_backward([x, gradient]);
            return whole;
        }

        ctx.save_data("pieces", true);
        var intoRows = withGradient ? empty_like(x) : null;
        Tensor? intoHead = null;
        var loss = zeros([], sumType, x.device);
        for (var first = 0L; first < x.shape[0]; first += rowsAtOnce)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(rowsAtOnce, x.shape[0] - first);
            var rows = x.narrow(0, first, count);
            var (sum, gradient) = Loss(rows.mm(across), targets.narrow(0, first, count));
            loss.Add(sum, 1);
            if (!withGradient) continue;
            intoRows!.narrow(0, first, count).copy_(gradient.mm(head.Working));
            if (intoHead is null) intoHead = gradient.t().mm(rows).to(sumType).MoveToOuterDisposeScope();
            else if (sumType == x.dtype) intoHead.addmm_(gradient.t(), rows, 1, 1);
            else intoHead.Add(gradient.t().mm(rows), 1);
        }
        if (withGradient) ctx.save_for_backward([intoRows!, intoHead!]);
        return loss;

        (Tensor Loss, Tensor Gradient) Loss(Tensor logits, Tensor wanted) =>
            fused ? Fused(logits, wanted, divisor) : Written(logits, wanted, divisor, sumType);
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor incoming)
    {
        var (saved, head) = (ctx.get_saved_variables(), (Weight)ctx.get_data("head"));
        var isOne = incoming.device_type == DeviceType.CPU && incoming.to(float64).item<double>() == 1; // no waiting for a device
        if (ctx.get_data("pieces") is not null)
        {
            head.Add(Scaled(saved[1]));
            return [Scaled(saved[0]), null, null, null, null, null, null];
        }
        head.AddProduct(saved[1].t(), Scaled(saved[0]));
        return [Scaled(saved[1].mm(head.Working)), null, null, null, null, null, null];

        Tensor Scaled(Tensor x) => isOne ? x.detach() : x.detach().mul(incoming.to(x.dtype));
    }

    /// <summary>By the managed kernel: the logits become their gradient.</summary>
    private static (Tensor Loss, Tensor Gradient) Fused(Tensor logits, Tensor targets, long divisor)
    {
        var (rows, vocabulary) = ((nint)logits.shape[0], (nint)logits.shape[1]);
        var ids = (long*)TensorMemory.Address(targets);
        var loss = logits.dtype == bfloat16
            ? CrossEntropyKernel.LossAndGradient<Bf16>(TensorMemory.Address(logits), ids, rows, vocabulary, 1f / divisor)
            : CrossEntropyKernel.LossAndGradient<Fp32>(TensorMemory.Address(logits), ids, rows, vocabulary, 1f / divisor);
        return (tensor((float)(loss / divisor)), logits);
    }

    /// <summary>By libtorch's functions.</summary>
    private static (Tensor Loss, Tensor Gradient) Written(Tensor logits, Tensor targets, long divisor, ScalarType sumType)
    {
        var column = targets.view(-1, 1);
        var logProbabilities = logits.to(sumType).log_softmax(-1);
        var loss = logProbabilities.gather(1, column).sum().Times(-1.0 / divisor);
        var gradient = logProbabilities.exp_();
        gradient.scatter_add_(1, column, ones_like(column, sumType).neg_());
        return (loss, gradient.Scale(1.0 / divisor).to(logits.dtype));
    }
}
