using TinyLM.Model.Architectures.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Architectures;

// R = rows (tokens), C = embedding size, V = vocabulary

/// <summary>Head and cross-entropy in one, some rows at a time, so that the logits of a large batch never stand in memory whole.</summary>
/// <remarks>
/// The gradients are made in the forward pass, while a piece of logits is near: its softmax is written over it, and two products
/// give what flows back into the rows and into the head. What is kept for the backward pass has the size of those two.
/// The idea is that of Wijmans et al. 2024, "Cut Your Losses", https://arxiv.org/abs/2411.09009, without its own products.
/// </remarks>
internal sealed unsafe class ChunkedLoss : autograd.SingleTensorFunction<ChunkedLoss>
{
    /// <summary>Bytes of logits that stand in memory at once, where no one says otherwise.</summary>
    public const long MostBytes = 1L << 25;

    public override string Name => nameof(ChunkedLoss);

    /// <summary>Σ −ln softmax(x · Wᵀ)[target] / divisor, in nats, as a scalar in the caller's dispose scope.</summary>
    /// <param name="x">(R, C), in the format of the products.</param>
    /// <param name="head">W, (V, C), a leaf.</param>
    /// <param name="targets">Ids, int64, R of them.</param>
    /// <param name="divisor">Tokens that the loss is the mean of.</param>
    /// <param name="fused">Whether the managed kernel may be used.</param>
    /// <param name="mostBytes">Bytes of logits at once; at least a row is taken.</param>
    public static Tensor Of(Tensor x, Tensor head, Tensor targets, long divisor, bool fused, long mostBytes = MostBytes) =>
        apply(x, head, targets, divisor, fused, Math.Max(1, mostBytes / (head.shape[0] * x.ElementSize)), is_grad_enabled());

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, head, targets, divisor) = ((Tensor)vars[0], (Tensor)vars[1], ((Tensor)vars[2]).view(-1), (long)vars[3]);
        var (fused, rowsAtOnce, withGradient) = ((bool)vars[4], (long)vars[5], (bool)vars[6]);
        using var noGradient = no_grad();
        var weight = head.to(x.dtype);
        var across = weight.t();
        var sumType = x.dtype == float64 ? float64 : float32;
        var intoRows = withGradient ? empty_like(x) : null;
        Tensor? intoHead = null;
        var loss = zeros([], sumType, x.device);
        for (var first = 0L; first < x.shape[0]; first += rowsAtOnce)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(rowsAtOnce, x.shape[0] - first);
            var (rows, wanted) = (x.narrow(0, first, count), targets.narrow(0, first, count));
            var logits = rows.mm(across);
            var (sum, gradient) = fused ? Fused(logits, wanted, divisor) : Written(logits, wanted, divisor, sumType);
            loss.Add(sum, 1);
            if (!withGradient) continue;
            intoRows!.narrow(0, first, count).copy_(gradient.mm(weight));
            if (intoHead is null) intoHead = gradient.t().mm(rows).to(head.dtype).MoveToOuterDisposeScope();
            else if (head.dtype == x.dtype) intoHead.addmm_(gradient.t(), rows, 1, 1);
            else intoHead.Add(gradient.t().mm(rows), 1);
        }
        if (withGradient) ctx.save_for_backward([intoRows!, intoHead!]);
        return loss;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var scale = grad_output.device_type == DeviceType.CPU ? grad_output.to(float64).item<double>() : double.NaN; // no waiting for a device
        var (intoRows, intoHead) = (saved[0].detach(), saved[1].detach());
        if (scale != 1) (intoRows, intoHead) = (intoRows.mul(grad_output.to(intoRows.dtype)), intoHead.mul(grad_output.to(intoHead.dtype)));
        return [intoRows, intoHead, null!, null!, null!, null!, null!];
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
