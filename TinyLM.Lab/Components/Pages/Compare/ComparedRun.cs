using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Runs;

namespace TinyLM.Lab.Components.Pages.Compare;

/// <summary>A run among others.</summary>
/// <param name="Listed">The run as it stood when the page was opened.</param>
/// <param name="View">What is known of it; without curves until they are read.</param>
/// <param name="Settings">Its settings one by one.</param>
public sealed record ComparedRun(RunSummary Listed, RunView View, IReadOnlyList<SpecValue> Settings)
{
    /// <summary>Its id.</summary>
    public string Id => Listed.Id;

    /// <summary>Number of its colour.</summary>
    public int Color { get; init; }

    /// <summary>What it has in common with the runs of its colour; null where each has its own.</summary>
    public string? Group { get; init; }

    /// <summary>Whether its curves were read.</summary>
    public bool IsRead => View.Summary is not null;

    /// <summary>The run as it stands.</summary>
    public RunSummary Summary => View.Summary ?? Listed;

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
