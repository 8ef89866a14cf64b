using TinyLM.Model.Architectures.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Architectures;

// The managed kernels as autograd sees them. All are for contiguous CPU tensors in fp32 or bf16.

/// <summary>GELU, where libtorch's tanh form takes five times as long.</summary>
internal sealed unsafe class FusedGelu : autograd.SingleTensorFunction<FusedGelu>
{
    public override string Name => nameof(FusedGelu);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var x = (Tensor)vars[0];
        ctx.save_for_backward([x]);
        var y = empty_like(x);
        if (x.dtype == bfloat16) GeluKernel.Forward<Bf16>(TensorMemory.Address(x), TensorMemory.Address(y), (nint)x.numel());
        else GeluKernel.Forward<Fp32>(TensorMemory.Address(x), TensorMemory.Address(y), (nint)x.numel());
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var x = ctx.get_saved_variables()[0];
        var incoming = grad_output.contiguous();
        var gradient = empty_like(x);
        if (x.dtype == bfloat16)
            GeluKernel.Backward<Bf16>(TensorMemory.Address(x), TensorMemory.Address(incoming), TensorMemory.Address(gradient), (nint)x.numel());
        else
            GeluKernel.Backward<Fp32>(TensorMemory.Address(x), TensorMemory.Address(incoming), TensorMemory.Address(gradient), (nint)x.numel());
        return [gradient];
    }
}

/// <summary>SwiGLU of (rows, 2M) gates and expansions.</summary>
internal sealed unsafe class FusedSwiGlu : autograd.SingleTensorFunction<FusedSwiGlu>
{
    public override string Name => nameof(FusedSwiGlu);

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

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var x = ctx.get_saved_variables()[0];
        var incoming = grad_output.contiguous();
        var gradient = empty_like(x);
        var (rows, width) = ((nint)x.shape[0], (nint)x.shape[1] / 2);
        if (x.dtype == bfloat16)
            SwiGluKernel.Backward<Bf16>(TensorMemory.Address(x), TensorMemory.Address(incoming), TensorMemory.Address(gradient), rows, width);
        else
            SwiGluKernel.Backward<Fp32>(TensorMemory.Address(x), TensorMemory.Address(incoming), TensorMemory.Address(gradient), rows, width);
        return [gradient];
    }
}

/// <summary>RMSNorm of fp32 rows, straight into the format of the products that follow.</summary>
internal sealed unsafe class FusedRmsNorm : autograd.SingleTensorFunction<FusedRmsNorm>
{
    public override string Name => nameof(FusedRmsNorm);

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

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var (x, gain, epsilon) = (saved[0], saved[1], (float)(double)ctx.get_data("epsilon"));
        var incoming = grad_output.contiguous();
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
        return [gradient, gainGradient, null!, null!];
    }
}

/// <summary>Causal attention of (B·T, C + 2K) queries, keys and values; the workspace comes with the call and is the thread's.</summary>
internal sealed unsafe class FusedAttention : autograd.SingleTensorFunction<FusedAttention>
{
    public override string Name => nameof(FusedAttention);

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

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var qkv = ctx.get_saved_variables()[0];
        var (kernel, batch) = ((AttentionKernel)ctx.get_data("kernel"), (long)ctx.get_data("batch"));
        var incoming = grad_output.contiguous();
        var gradient = empty_like(qkv);
        if (qkv.dtype == bfloat16)
            kernel.Backward<Bf16>(TensorMemory.Address(qkv), TensorMemory.Address(incoming), TensorMemory.Address(gradient), (nint)batch);
        else
            kernel.Backward<Fp32>(TensorMemory.Address(qkv), TensorMemory.Address(incoming), TensorMemory.Address(gradient), (nint)batch);
        return [gradient, null!, null!];
    }
}
