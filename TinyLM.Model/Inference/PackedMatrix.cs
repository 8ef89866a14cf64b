using TinyLM.Model.Numerics;

namespace TinyLM.Model.Inference;

/// <summary>A weight matrix in panels, and its bias: y = x · Wᵀ + b.</summary>
internal sealed class PackedMatrix
{
    private readonly PanelKernel _kernel;
    private readonly AlignedFloats _panels;
    private readonly ReadOnlyMemory<float> _bias;

    /// <param name="kernel">Who will read the panels; it says how the weights are kept. The bias stays fp32.</param>
    /// <param name="weights">(outputs, depth), one row an output; copied.</param>
    /// <param name="outputs">Number of outputs.</param>
    /// <param name="depth">Number of inputs.</param>
    /// <param name="bias">(outputs); empty where there is none.</param>
    public PackedMatrix(PanelKernel kernel, ReadOnlySpan<float> weights, int outputs, int depth, ReadOnlyMemory<float> bias)
    {
        (_kernel, _bias, Outputs, Depth) = (kernel, bias, outputs, depth);
        var format = kernel.WeightFormat;
        var width = kernel.PanelWidth;
        var length = Inference.Panels.Length(depth, format);
        _panels = new AlignedFloats(checked(kernel.PanelCount(outputs) * length * width));
        var panels = _panels.Span;
        for (var first = 0; first < outputs; first += width)
        {
            var panel = panels.Slice(first * length, length * width);
            var filled = Math.Min(width, outputs - first);
            if (filled < width) panel.Clear();
            for (var lane = 0; lane < filled; lane++)
            {
                var row = weights.Slice((first + lane) * depth, depth);
                if (format == WeightFormat.Fp32)
                {
                    for (var k = 0; k < depth; k++) panel[k * width + lane] = row[k];
                }
                else
                {
                    for (var k = 0; k < depth; k += 2) panel[k / 2 * width + lane] = BrainFloat.Pair(row[k], k + 1 < depth ? row[k + 1] : 0);
                }
            }
        }
    }

    /// <summary>Width of y.</summary>
    public int Outputs { get; }

    /// <summary>Width of x.</summary>
    public int Depth { get; }

    /// <summary>y = x · Wᵀ + b.</summary>
    /// <param name="x">(rows, depth).</param>
    /// <param name="y">(rows, outputs).</param>
    public void Apply(Rows x, Rows y)
    {
        for (var r = 0; r < y.Count; r++)
        {
            var row = y.Values.Slice(r * y.Stride, Outputs);
            if (_bias.IsEmpty) row.Clear();
            else _bias.Span.CopyTo(row);
        }

        _kernel.MultiplyAdd(x, Panels, y);
    }

    /// <summary>y += x · Wᵀ + b: a branch that joins the residual stream.</summary>
    /// <param name="x">(rows, depth).</param>
    /// <param name="y">(rows, outputs).</param>
    public void AddTo(Rows x, Rows y)
    {
        if (!_bias.IsEmpty)
        {
            for (var r = 0; r < y.Count; r++)
            {
                var row = y.Values.Slice(r * y.Stride, Outputs);
                System.Numerics.Tensors.TensorPrimitives.Add(row, _bias.Span, row);
            }
        }

        _kernel.MultiplyAdd(x, Panels, y);
    }

    private Panels Panels => new(_panels.Span, Inference.Panels.Length(Depth, _kernel.WeightFormat) * _kernel.PanelWidth, Outputs, Depth, _kernel.WeightFormat);
}
