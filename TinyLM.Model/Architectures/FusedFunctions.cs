using TinyLM.Model.Architectures.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Architectures;

// The managed kernels as autograd sees them. All are for contiguous CPU tensors in fp32 or bf16.

/// <summary>GELU, where libtorch's tanh form takes five times as long. Its slope is made on the way, while both are near.</summary>
internal sealed unsafe class FusedGelu : ManagedFunction<FusedGelu>
{
    /// <summary>GELU(x), in the caller's dispose scope.</summary>
    public static Tensor Of(Tensor x) => Apply(x, is_grad_enabled());

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var x = (Tensor)vars[0];
        var (y, slope) = (empty_like(x), (bool)vars[1] ? empty_like(x) : null);
        var slopes = slope is null ? null : TensorMemory.Address(slope);
        if (x.dtype == bfloat16) GeluKernel.Forward<Bf16>(TensorMemory.Address(x), TensorMemory.Address(y), slopes, (nint)x.numel());
        else GeluKernel.Forward<Fp32>(TensorMemory.Address(x), TensorMemory.Address(y), slopes, (nint)x.numel());
        if (slope is not null) ctx.save_for_backward([slope]);
        return y;
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor incoming)
    {
        return [ctx.get_saved_variables()[0].mul(incoming), null];
    }
}

/// <summary>SwiGLU of (rows, 2M) gates and expansions.</summary>
internal sealed unsafe class FusedSwiGlu : ManagedFunction<FusedSwiGlu>
{
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var x = (Tensor)vars[0];
        ctx.save_for_backward([x]);
        var (rows, width) = ((nint)x.shape[0], (nint)x.shape[1] / 2);
        var y = empty([rows, width], x.dtype);
        if (x.dtype == bfloat16) SwiGluKernel.Forward<Bf16>(TensorMemory.Address(x), TensorMemory.Address(y), rows, width);
        else SwiGluKernel.Forward<Fp32>(TensorMemory.Address(x), TensorMemory.Address(y), rows, width);
        return y;
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor incoming)
    {
        var x = ctx.get_saved_variables()[0];
        incoming = incoming.contiguous();
        var gradient = empty_like(x);
        var (rows, width) = ((nint)x.shape[0], (nint)x.shape[1] / 2);
        if (x.dtype == bfloat16)
            SwiGluKernel.Backward<Bf16>(TensorMemory.Address(x), TensorMemory.Address(incoming), TensorMemory.Address(gradient), rows, width);
        else
            SwiGluKernel.Backward<Fp32>(TensorMemory.Address(x), TensorMemory.Address(incoming), TensorMemory.Address(gradient), rows, width);
        return [gradient];
    }
}

/// <summary>LayerNorm of fp32 rows, straight into the format of the products that follow.</summary>
internal sealed unsafe class FusedLayerNorm : ManagedFunction<FusedLayerNorm>
{
    /// <summary>(rows, width), in the caller's dispose scope.</summary>
    /// <param name="x">(rows, width), fp32.</param>
    /// <param name="gain">(width); its gradient goes straight to it.</param>
    /// <param name="bias">(width); likewise.</param>
    /// <param name="epsilon">Guard against division by zero.</param>
    /// <param name="type">fp32 or bf16.</param>
    public static Tensor Of(Tensor x, Weight gain, Weight bias, double epsilon, ScalarType type) => Apply(x, gain, bias, epsilon, type);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, gain, bias, epsilon, type) = ((Tensor)vars[0], (Weight)vars[1], (Weight)vars[2], (double)vars[3], (ScalarType)vars[4]);
        ctx.save_for_backward([x]);
        ctx.save_data("gain", gain);
        ctx.save_data("bias", bias);
        ctx.save_data("epsilon", epsilon);
        var y = empty(x.shape, type);
        var input = (float*)TensorMemory.Address(x);
        var gains = (float*)TensorMemory.Address(gain.Leaf);
        var biases = (float*)TensorMemory.Address(bias.Leaf);
        var (rows, width) = ((nint)x.shape[0], (nint)x.shape[1]);
        if (type == bfloat16) LayerNormKernel.Forward<Bf16>(input, gains, biases, TensorMemory.Address(y), rows, width, (float)epsilon);
        else LayerNormKernel.Forward<Fp32>(input, gains, biases, TensorMemory.Address(y), rows, width, (float)epsilon);
        return y;
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor incoming)
    {
        var x = ctx.get_saved_variables()[0];
        var (gain, bias, epsilon) = ((Weight)ctx.get_data("gain"), (Weight)ctx.get_data("bias"), (float)(double)ctx.get_data("epsilon"));
        incoming = incoming.contiguous();
        var gradient = empty_like(x);
        var input = (float*)TensorMemory.Address(x);
        var gains = (float*)TensorMemory.Address(gain.Leaf);
        var output = (float*)TensorMemory.Address(gradient);
        var gainOutput = (float*)TensorMemory.Address(gain.Gradient);
        var biasOutput = (float*)TensorMemory.Address(bias.Gradient);
        var (rows, width) = ((nint)x.shape[0], (nint)x.shape[1]);
        if (incoming.dtype == bfloat16)
            LayerNormKernel.Backward<Bf16>(input, gains, TensorMemory.Address(incoming), output, gainOutput, biasOutput, rows, width, epsilon);
        else
            LayerNormKernel.Backward<Fp32>(input, gains, TensorMemory.Address(incoming), output, gainOutput, biasOutput, rows, width, epsilon);
        return [gradient, null, null, null, null];
    }
}

/// <summary>RMSNorm of fp32 rows, straight into the format of the products that follow.</summary>
internal sealed unsafe class FusedRmsNorm : ManagedFunction<FusedRmsNorm>
{
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, gain, epsilon, type) = ((Tensor)vars[0], (Tensor)vars[1], (double)vars[2], (ScalarType)vars[3]);
        ctx.save_for_backward([x, gain]);
        ctx.save_data("epsilon", epsilon);
        var y = empty(x.shape, type);
        var input = (float*)TensorMemory.Address(x);
        var gains = (float*)TensorMemory.Address(gain);
        var (rows, width) = ((nint)x.shape[0], (nint)x.shape[1]);
        if (type == bfloat16) RmsNormKernel.Forward<Bf16>(input, gains, TensorMemory.Address(y), rows, width, (float)epsilon);
        else RmsNormKernel.Forward<Fp32>(input, gains, TensorMemory.Address(y), rows, width, (float)epsilon);
        return y;
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor incoming)
    {
        var saved = ctx.get_saved_variables();
        var (x, gain, epsilon) = (saved[0], saved[1], (float)(double)ctx.get_data("epsilon"));
        incoming = incoming.contiguous();
        var (gradient, gainGradient) = (empty_like(x), zeros(gain.shape, float32));
        var input = (float*)TensorMemory.Address(x);
        var gains = (float*)TensorMemory.Address(gain);
        var output = (float*)TensorMemory.Address(gradient);
        var gainOutput = (float*)TensorMemory.Address(gainGradient);
        var (rows, width) = ((nint)x.shape[0], (nint)x.shape[1]);
        if (incoming.dtype == bfloat16)
            RmsNormKernel.Backward<Bf16>(input, gains, TensorMemory.Address(incoming), output, gainOutput, rows, width, epsilon);
        else
            RmsNormKernel.Backward<Fp32>(input, gains, TensorMemory.Address(incoming), output, gainOutput, rows, width, epsilon);
        return [gradient, gainGradient, null, null];
    }
}

/// <summary>Causal attention of (B·T, C + 2K) queries, keys and values; the workspace comes with the call and is the thread's.</summary>
internal sealed unsafe class FusedAttention : ManagedFunction<FusedAttention>
{
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (qkv, kernel, batch) = ((Tensor)vars[0], (AttentionKernel)vars[1], (long)vars[2]);
        ctx.save_for_backward([qkv]);
        ctx.save_data("kernel", kernel);
        ctx.save_data("batch", batch);
        var output = empty([qkv.shape[0], kernel.Width], qkv.dtype);
        if (qkv.dtype == bfloat16) kernel.Forward<Bf16>(TensorMemory.Address(qkv), TensorMemory.Address(output), (nint)batch);
        else kernel.Forward<Fp32>(TensorMemory.Address(qkv), TensorMemory.Address(output), (nint)batch);
        return output;
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor incoming)
    {
        var qkv = ctx.get_saved_variables()[0];
        var (kernel, batch) = ((AttentionKernel)ctx.get_data("kernel"), (long)ctx.get_data("batch"));
        incoming = incoming.contiguous();
        var gradient = empty_like(qkv);
        if (qkv.dtype == bfloat16)
            kernel.Backward<Bf16>(TensorMemory.Address(qkv), TensorMemory.Address(incoming), TensorMemory.Address(gradient), (nint)batch);
        else
            kernel.Backward<Fp32>(TensorMemory.Address(qkv), TensorMemory.Address(incoming), TensorMemory.Address(gradient), (nint)batch);
        return [gradient, null, null];
    }
}
