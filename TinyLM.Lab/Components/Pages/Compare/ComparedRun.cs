using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Runs;

namespace TinyLM.Lab.Components.Pages.Compare;

/// <summary>A run among others.</summary>
/// <param name="View">What is known of it.</param>
/// <param name="Color">Number of its colour.</param>
/// <param name="Settings">Its settings one by one.</param>
public sealed record ComparedRun(RunView View, int Color, IReadOnlyList<SpecValue> Settings)
{
    /// <summary>Its id.</summary>
    public string Id => Summary.Id;

    /// <summary>The run as it stands.</summary>
    public RunSummary Summary => View.Summary!;

    /// <summary>The lowest validation loss so far, nats per token.</summary>
    public double? BestValidation
    {
        get
        {
            double? best = null;
            foreach (var point in View.Curves.Validation.Points)
                if (float.IsFinite(point.Value) && !(point.Value >= best)) best = point.Value;
            return best;
        }
    }
}
