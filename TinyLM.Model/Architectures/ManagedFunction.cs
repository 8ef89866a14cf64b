using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Architectures;

/// <summary>A function of autograd in managed code that leaves no tensor behind.</summary>
/// <remarks>
/// TorchSharp keeps an uninitialised twin of each result, wraps what flows back, and hands out what it is given: all of it would
/// stand until the scope of the step ends, or, on the thread of its own that autograd has for a graphics card, until the collector
/// comes by.
/// </remarks>
internal abstract class ManagedFunction<T> : autograd.SingleTensorFunction<T>
    where T : ManagedFunction<T>, new()
{
    public override string Name => typeof(T).Name;

    /// <summary>The result, in the caller's dispose scope.</summary>
    /// <param name="vars">As the function wants them.</param>
    public static Tensor Apply(params object?[] vars)
    {
        using var scope = NewDisposeScope();
        return apply(vars!).MoveToOuterDisposeScope();
    }

    public sealed override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        HandedOut.Free();
        using var scope = NewDisposeScope();
        var gradients = Backward(ctx, grad_output);
        foreach (var gradient in gradients) gradient?.DetachFromDisposeScope();
        HandedOut.Replace(gradients);
        grad_output.Dispose();
        return [.. gradients.Select(gradient => gradient!)]; // TorchSharp takes null for nothing
    }

    /// <summary>What flows back to each variable; null where nothing does.</summary>
    /// <param name="ctx">Has what was saved.</param>
    /// <param name="incoming">What flows back to the result.</param>
    protected abstract Tensor?[] Backward(autograd.AutogradContext ctx, Tensor incoming);
}
