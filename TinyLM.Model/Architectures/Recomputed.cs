using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Architectures;

/// <summary>A function of which only the input is kept: the backward pass computes it again.</summary>
/// <remarks>
/// Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost", https://arxiv.org/abs/1604.06174. The function must give the
/// same twice. Weights that it uses are leaves and get their gradients when the inner backward pass runs.
/// </remarks>
internal sealed class Recomputed : ManagedFunction<Recomputed>
{
    /// <summary>function(x), in the caller's dispose scope.</summary>
    public static Tensor Of(Func<Tensor, Tensor> function, Tensor x) => is_grad_enabled() ? Apply(x, function) : function(x);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, function) = ((Tensor)vars[0], (Func<Tensor, Tensor>)vars[1]);
        ctx.save_for_backward([x]);
        ctx.save_data("function", function);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return function(x).MoveToOuterDisposeScope();
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor incoming)
    {
        var function = (Func<Tensor, Tensor>)ctx.get_data("function");
        using var withGradient = enable_grad();
        var x = ctx.get_saved_variables()[0].detach().requires_grad_();
        function(x).backward([incoming]);
        return [x.grad, null];
    }
}
