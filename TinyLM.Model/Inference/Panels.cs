namespace TinyLM.Model.Inference;

/// <summary>A matrix of (outputs, depth) in the order in which <see cref="PanelKernel"/> reads it.</summary>
/// <remarks>
/// In fp32 output o of input k lies at (o / W) · stride + k · W + o % W, where W is the kernel's panel width. In bf16 inputs 2j and
/// 2j + 1 of it are the lower and the upper half of the float at (o / W) · stride + j · W + o % W.
/// </remarks>
/// <param name="values">The panels.</param>
/// <param name="stride">Numbers from the start of a panel to the start of the next.</param>
/// <param name="outputs">Number of outputs.</param>
/// <param name="depth">Number of inputs.</param>
/// <param name="format">What the floats hold.</param>
internal readonly ref struct Panels(ReadOnlySpan<float> values, int stride, int outputs, int depth, WeightFormat format = WeightFormat.Fp32)
{
    /// <summary>The panels.</summary>
    public ReadOnlySpan<float> Values { get; } = values;

    /// <summary>Numbers from the start of a panel to the start of the next.</summary>
    public int Stride { get; } = stride;

    /// <summary>Number of outputs.</summary>
    public int Outputs { get; } = outputs;

    /// <summary>Number of inputs.</summary>
    public int Depth { get; } = depth;

    /// <summary>What the floats hold.</summary>
    public WeightFormat Format { get; } = format;

    /// <summary>Floats of one output over all inputs.</summary>
    public static int Length(int depth, WeightFormat format) => format == WeightFormat.Bf16 ? (depth + 1) / 2 : depth;
}
