namespace TinyLM.Model.Inference;

/// <summary>A matrix of (outputs, depth) in the order in which <see cref="PanelKernel"/> reads it.</summary>
/// <remarks>
/// Output o of input k lies at (o / W) · stride + k · W + o % W, where W is the kernel's panel width.
/// </remarks>
/// <param name="values">The panels.</param>
/// <param name="stride">Numbers from the start of a panel to the start of the next.</param>
/// <param name="outputs">Number of outputs.</param>
/// <param name="depth">Number of inputs.</param>
internal readonly ref struct Panels(ReadOnlySpan<float> values, int stride, int outputs, int depth)
{
    /// <summary>The panels.</summary>
    public ReadOnlySpan<float> Values { get; } = values;

    /// <summary>Numbers from the start of a panel to the start of the next.</summary>
    public int Stride { get; } = stride;

    /// <summary>Number of outputs.</summary>
    public int Outputs { get; } = outputs;

    /// <summary>Number of inputs.</summary>
    public int Depth { get; } = depth;
}
