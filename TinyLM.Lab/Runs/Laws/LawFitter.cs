using TinyLM.Lab.Inspection;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Runs.Laws;

/// <summary>Fits one at a time, on the pool: a second or two of one processor.</summary>
internal sealed class LawFitter : ILawFitter, IDisposable
{
    private readonly ComputeSlots _slots = new(1);

    /// <inheritdoc/>
    public Task<LawReport> FitAsync(IReadOnlyList<LossPoint> points, CancellationToken cancellationToken) => _slots.RunAsync(
        () =>
        {
            var (fit, ranges) = LawFitting.FitWithIntervals(points, cancellationToken: cancellationToken);
            var curves = IsoFlops.Curves(points);
            return new LawReport(fit, ranges, curves, IsoFlops.Optimum(curves));
        },
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();
}
