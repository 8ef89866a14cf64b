using System.Runtime.CompilerServices;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Inference;

/// <summary>A weight matrix in panels, and its bias: y = x · Wᵀ + b.</summary>
internal sealed class PackedMatrix
{
    private const int StripLength = 64;

    private readonly PanelKernel _kernel;
    private readonly Memory<float> _panels;
    private readonly ReadOnlyMemory<float> _bias;

    /// <param name="kernel">Who will read the panels; it says how the weights are kept. The bias stays fp32.</param>
    /// <param name="weights">(outputs, depth), one row an output; copied.</param>
    /// <param name="outputs">Number of outputs.</param>
    /// <param name="depth">Number of inputs.</param>
    /// <param name="bias">(outputs); empty where there is none.</param>
    /// <param name="memory">Where the panels are to lie; null for memory of their own.</param>
    public PackedMatrix(PanelKernel kernel, ReadOnlySpan<float> weights, int outputs, int depth, ReadOnlyMemory<float> bias, WeightMemory? memory = null)
    {
        (_kernel, _bias, Outputs, Depth) = (kernel, bias, outputs, depth);
        var format = kernel.WeightFormat;
        var width = kernel.PanelWidth;
        var length = Inference.Panels.Length(depth, format);
        var size = checked(kernel.PanelCount(outputs) * length * width);
        _panels = memory?.Take(size) ?? new AlignedFloats(size).Memory;
        Pack(weights, _panels.Span, width, length);
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

    /// <summary>Puts rows of weights into panels: a strip of a few inputs at a time, so that what is written stays in the first-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a model is loaded once, before anything is compiled well
    private void Pack(ReadOnlySpan<float> weights, Span<float> panels, int width, int length)
    {
        var isFp32 = _kernel.WeightFormat == WeightFormat.Fp32;
        for (var first = 0; first < Outputs; first += width)
        {
            var panel = panels.Slice(first * length, length * width);
            var filled = Math.Min(width, Outputs - first);
            if (filled < width) panel.Clear();
            for (var strip = 0; strip < length; strip += StripLength)
            {
                var end = Math.Min(length, strip + StripLength);
                for (var lane = 0; lane < filled; lane++)
                {
                    var row = weights.Slice((first + lane) * Depth, Depth);
                    if (isFp32)
                    {
                        for (var k = strip; k < end; k++) panel[k * width + lane] = row[k];
                    }
                    else
                    {
                        for (var k = strip; k < end; k++) panel[k * width + lane] = BrainFloat.Pair(row[2 * k], 2 * k + 1 < Depth ? row[2 * k + 1] : 0);
                    }
                }
            }
        }
    }

    private Panels Panels => new(_panels.Span, Inference.Panels.Length(Depth, _kernel.WeightFormat) * _kernel.PanelWidth, Outputs, Depth, _kernel.WeightFormat);
}
