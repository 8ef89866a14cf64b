using System.Globalization;

namespace TinyLM.Lab.Components.Charts;

/// <summary>How a page draws its curves: what its address says.</summary>
public sealed record ChartSettings
{
    /// <summary>Weight of the past in smoothed curves where nothing else is asked for: an average over about 10 points.</summary>
    public const double UsualSmoothing = 0.9;

    /// <summary>Most of it.</summary>
    public const double StrongestSmoothing = 0.999;

    /// <summary>What curves are drawn over.</summary>
    public HorizontalAxis Axis { get; init; }

    /// <summary>Whether the horizontal axis is logarithmic.</summary>
    public bool IsXLogarithmic { get; init; }

    /// <summary>Whether the axis of losses is logarithmic.</summary>
    public bool IsYLogarithmic { get; init; }

    /// <summary>Unit of losses.</summary>
    public LossUnitKind Unit { get; init; }

    /// <summary>Weight of the past in the moving average of losses; 0 for none.</summary>
    public double Smoothing { get; init; } = UsualSmoothing;

    /// <summary>Whether the axis of losses leaves out the farthest points.</summary>
    public bool ExcludesOutliers { get; init; }

    /// <summary>What is in sight; null: all.</summary>
    public ZoomWindow? Zoom { get; init; }

    /// <summary>Which curves stand beneath the loss of a run.</summary>
    public MetricSet Metrics { get; init; }

    /// <summary>Reads the address; what it does not know is as if it were not there.</summary>
    public static ChartSettings Parse(string? x, string? xScale, string? axis, string? unit, string? smoothing, string? outliers, string? zoom, string? curves = null) => new()
    {
        Axis = Enum.TryParse<HorizontalAxis>(x, ignoreCase: true, out var over) && Enum.IsDefined(over) && over != HorizontalAxis.Vocabulary ? over : HorizontalAxis.Steps,
        IsXLogarithmic = xScale == "log",
        IsYLogarithmic = axis == "log",
        Unit = unit switch { "bits" => LossUnitKind.Bits, "perplexity" => LossUnitKind.Perplexity, _ => LossUnitKind.Nats },
        Smoothing = double.TryParse(smoothing, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) && weight is >= 0 and <= StrongestSmoothing ? weight : UsualSmoothing,
        ExcludesOutliers = outliers == "hidden",
        Zoom = ZoomWindow.Parse(zoom),
        Metrics = curves switch { "speed" => MetricSet.Speed, "machine" => MetricSet.Machine, _ => MetricSet.Learning },
    };

    /// <summary>The settings as parts of the address, the usual ones left out.</summary>
    public IReadOnlyDictionary<string, object?> ToQuery() => new Dictionary<string, object?>
    {
        ["x"] = Axis == HorizontalAxis.Steps ? null : Axis.ToString().ToLowerInvariant(),
        ["xscale"] = IsXLogarithmic ? "log" : null,
        ["axis"] = IsYLogarithmic ? "log" : null,
        ["unit"] = Unit == LossUnitKind.Nats ? null : Unit.ToString().ToLowerInvariant(),
        ["smooth"] = Smoothing == UsualSmoothing ? null : Smoothing.ToString("0.###", CultureInfo.InvariantCulture),
        ["outliers"] = ExcludesOutliers ? "hidden" : null,
        ["zoom"] = Zoom?.ToString(),
        ["curves"] = Metrics == MetricSet.Learning ? null : Metrics.ToString().ToLowerInvariant(),
    };
}
