using System.Runtime.Intrinsics;

namespace TinyLM.Model.Inference;

/// <summary>The one matrix product of the engine: y += x · Wᵀ, for one row of x (a token) or many (a prompt).</summary>
/// <remarks>
/// W is stored in panels (<see cref="Panels"/>): the outputs in groups of <see cref="PanelWidth"/>, and in a panel the weights
/// input by input. Each weight vector then adds to a vector of outputs, so no sum runs across lanes, and a token reads every
/// panel as one sequential stream. The keys and the values of attention are panels too, so attention is the same product.
/// A row's result has the same bits however many rows there are: a text is the same alone and among others.
/// </remarks>
/// <param name="weightFormat">How matrices of weights are kept for it; keys and values are fp32 in any case.</param>
internal abstract class PanelKernel(WeightFormat weightFormat)
{
    /// <summary>The widest that this machine runs at full speed, for fp32 weights.</summary>
    public static PanelKernel Best { get; } = BestOf(WeightFormat.Fp32);

    /// <summary>How matrices of weights are kept for it.</summary>
    public WeightFormat WeightFormat { get; } = weightFormat;

    /// <summary>The widest that this machine runs at full speed.</summary>
    public static PanelKernel BestOf(WeightFormat weightFormat) =>
        Vector512.IsHardwareAccelerated ? new PanelKernel<Lanes512, Vector512<float>>(weightFormat)
        : Vector256.IsHardwareAccelerated ? new PanelKernel<Lanes256, Vector256<float>>(weightFormat)
        : new PanelKernel<Lanes128, Vector128<float>>(weightFormat);

    /// <summary>Outputs in a panel.</summary>
    public abstract int PanelWidth { get; }

    /// <summary>Panels that hold so many outputs; the last may be part empty.</summary>
    public int PanelCount(int outputs) => (outputs + PanelWidth - 1) / PanelWidth;

    /// <summary>Adds x · Wᵀ to y.</summary>
    /// <param name="x">(rows, w.Depth).</param>
    /// <param name="w">The weights, w.Outputs by w.Depth; lanes beyond the outputs may hold anything.</param>
    /// <param name="y">(rows, w.Outputs); nothing beyond an output is touched.</param>
    public void MultiplyAdd(Rows x, Panels w, Rows y)
    {
        if (x.Count == 0 || w.Outputs == 0 || w.Depth == 0) return;
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Count, x.Count, nameof(y));
        ArgumentOutOfRangeException.ThrowIfLessThan(x.Values.Length, x.Extent(w.Depth), nameof(x));
        ArgumentOutOfRangeException.ThrowIfLessThan(y.Values.Length, y.Extent(w.Outputs), nameof(y));
        ArgumentOutOfRangeException.ThrowIfLessThan(
            w.Values.Length, (PanelCount(w.Outputs) - 1) * w.Stride + Panels.Length(w.Depth, w.Format) * PanelWidth, nameof(w));
        MultiplyAddChecked(x, w, y);
    }

    /// <summary>The product, where the spans are known to be long enough.</summary>
    protected abstract void MultiplyAddChecked(Rows x, Panels w, Rows y);
}
