using TinyLM.Model.Architectures.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace TinyLM.Model.Architectures;

// R = rows (tokens)

/// <summary>x · Wᵀ + b, whose gradients of weight and bias go straight to where the optimizer reads them.</summary>
internal sealed unsafe class LinearFunction : ManagedFunction<LinearFunction>
{
    /// <summary>(R, out), in the format of the products, in the caller's dispose scope.</summary>
    /// <param name="x">(R, in), in the format of the products.</param>
    /// <param name="weight">W, (out, in).</param>
    /// <param name="bias">b, (out); null for none.</param>
    public static Tensor Of(Tensor x, Weight weight, Weight? bias) => Apply(x, weight, bias);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, bias) = ((Tensor)vars[0], (Weight)vars[1], (Weight?)vars[2]);
        ctx.save_for_backward([x]);
        ctx.save_data("weight", weight);
        if (bias is not null) ctx.save_data("bias", bias);
        return linear(x, weight.Working, bias?.Leaf.to(x.dtype));
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor incoming)
    {
        var (x, weight, bias) = (ctx.get_saved_variables()[0], (Weight)ctx.get_data("weight"), (Weight?)ctx.get_data("bias"));
        var gradient = incoming.contiguous();
        weight.AddProduct(gradient.t(), x);
        if (bias is not null) AddRows(gradient, bias.Gradient);
        return [gradient.mm(weight.Working), null, null];
    }

    private static void AddRows(Tensor rows, Tensor sum)
    {
        var target = (float*)TensorMemory.Address(sum);
        var (count, width) = ((nint)rows.shape[0], (nint)rows.shape[1]);
        if (rows.dtype == bfloat16) SumKernel.AddRows<Bf16>(TensorMemory.Address(rows), target, count, width);
        else SumKernel.AddRows<Fp32>(TensorMemory.Address(rows), target, count, width);
    }
}
