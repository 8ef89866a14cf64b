using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Runs.Laws;

/// <summary>Fits laws beside whatever else the lab does.</summary>
public interface ILawFitter
{
    /// <summary>Fits a law to trained models, one fit at a time.</summary>
    /// <exception cref="ArgumentException">The points cannot tell the constants apart; the message is for people.</exception>
    Task<LawReport> FitAsync(IReadOnlyList<LossPoint> points, CancellationToken cancellationToken);
}
