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
/// <param name="threads">Processors at most that share a large product, by panels; each output is computed by one, so its bits are the same.</param>
internal abstract class PanelKernel(WeightFormat weightFormat, int threads = 1)
{
    /// <summary>Multiplications from which a product is worth sharing: some ten microseconds of one processor.</summary>
    private const long LeastShared = 1 << 18;

    private const int PartsPerThread = 4; // so that nobody waits long for the slowest

    /// <summary>The widest that this machine runs at full speed, for fp32 weights.</summary>
    public static PanelKernel Best { get; } = BestOf(WeightFormat.Fp32);

    /// <summary>How matrices of weights are kept for it.</summary>
    public WeightFormat WeightFormat { get; } = weightFormat;

    /// <summary>Processors at most that share a large product, or texts that are read together.</summary>
    public int Threads { get; } = threads;

    /// <summary>The widest that this machine runs at full speed.</summary>
    /// <param name="weightFormat">How matrices of weights are kept for it.</param>
    /// <param name="threads">Processors at most that share a large product.</param>
    public static PanelKernel BestOf(WeightFormat weightFormat, int threads = 1) =>
        Vector512.IsHardwareAccelerated ? new PanelKernel<Lanes512, Vector512<float>>(weightFormat, threads)
        : Vector256.IsHardwareAccelerated ? new PanelKernel<Lanes256, Vector256<float>>(weightFormat, threads)
        : new PanelKernel<Lanes128, Vector128<float>>(weightFormat, threads);

    /// <summary>One as wide or narrower, whose panels have the fewest lanes to spare for a matrix of few outputs. It computes the same bits.</summary>
    public PanelKernel For(int outputs) =>
        ((PanelKernel[])[this, new PanelKernel<Lanes256, Vector256<float>>(WeightFormat.Fp32), new PanelKernel<Lanes128, Vector128<float>>(WeightFormat.Fp32)])
        .Where(kernel => kernel.PanelWidth <= PanelWidth).MinBy(kernel => kernel.PanelCount(outputs) * kernel.PanelWidth)!;

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
        var panels = PanelCount(w.Outputs);
        if (Threads == 1 || (long)x.Count * w.Depth * w.Outputs < LeastShared || !Share(x, w, y, panels)) MultiplyAdd(x, w, y, 0, panels);
    }

    /// <summary>The product for some of the panels, where the spans are known to be long enough.</summary>
    protected abstract void MultiplyAdd(Rows x, Panels w, Rows y, int firstPanel, int endPanel);

    /// <summary>Shares a product with other processors.</summary>
    /// <returns>False where they are at work for another text.</returns>
    private unsafe bool Share(Rows x, Panels w, Rows y, int panels)
    {
        fixed (float* xs = x.Values, ws = w.Values, ys = y.Values)
        {
            var product = new Product(
                this, (nint)xs, x.Values.Length, x.Stride, (nint)ws, w.Values.Length, w.Stride, w.Outputs, w.Depth, w.Format, (nint)ys, y.Values.Length, y.Stride, x.Count, panels);
            return ProcessorTeam.Shared.TryRun(product, Math.Min(panels, Threads * PartsPerThread), Threads - 1);
        }
    }

    /// <summary>A product that several threads work at: where its numbers lie while they are pinned.</summary>
    private sealed record Product(
        PanelKernel Kernel, nint X, int XLength, int XStride, nint W, int WLength, int WStride, int Outputs, int Depth, WeightFormat Format, nint Y, int YLength, int YStride, int Rows, int Panels)
        : ITeamWork
    {
        public unsafe void Do(int part, int parts) => Kernel.MultiplyAdd(
            new Rows(new Span<float>((void*)X, XLength), XStride, Rows),
            new Panels(new ReadOnlySpan<float>((void*)W, WLength), WStride, Outputs, Depth, Format),
            new Rows(new Span<float>((void*)Y, YLength), YStride, Rows),
            (int)((long)Panels * part / parts),
            (int)((long)Panels * (part + 1) / parts));
    }
}
