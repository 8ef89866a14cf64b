using TinyLM.Lab.Runs;

namespace TinyLM.Lab.Components.Pages.Groups;

/// <summary>A run of a group, and what it can be plotted over: its settings, and figures of it.</summary>
/// <param name="Summary">The run as it stands.</param>
/// <param name="Settings">Its settings one by one.</param>
public sealed record GroupedRun(RunSummary Summary, IReadOnlyList<SpecValue> Settings)
{
    /// <summary>Figures to plot over besides settings.</summary>
    public static IReadOnlyList<string> Figures { get; } = ["parameters", "tokens", "seconds"];

    /// <summary>The final loss: of the validation text, else of the last step; null where there is none, or it is no number.</summary>
    public double? Loss => (Summary.ValidationLoss ?? Summary.TrainLoss) is { } loss && double.IsFinite(loss) ? loss : null;

    /// <summary>A setting or figure as a number; null where it is none.</summary>
    public double? Number(string path) => path switch
    {
        "parameters" => Summary.ParameterCount,
        "tokens" => Summary.Tokens,
        "seconds" => Summary.WallTime,
        _ => Find(path)?.Number,
    };

    /// <summary>A setting or figure in words.</summary>
    public string Text(string path) => Figures.Contains(path)
        ? Number(path) is { } figure ? Display.Compact(figure) : Display.None
        : Find(path)?.Text ?? Display.None;

    /// <summary>What a setting is called: the end of its place.</summary>
    public static string Title(string path) => path[(path.LastIndexOf('.') + 1)..];

    private SpecValue? Find(string path) => Settings.FirstOrDefault(value => value.Path == path);
}
