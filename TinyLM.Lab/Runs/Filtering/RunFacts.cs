using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Filtering;

/// <summary>What a filter can ask of a run: its summary, and its settings, which are read when first asked for.</summary>
/// <param name="summary">The run as lists show it.</param>
/// <param name="settings">Reads its settings.</param>
public sealed class RunFacts(RunSummary summary, Func<IReadOnlyList<SpecValue>> settings)
{
    private IReadOnlyList<SpecValue>? _settings;

    /// <summary>The run as lists show it.</summary>
    public RunSummary Summary => summary;

    /// <summary>Its settings.</summary>
    public IReadOnlyList<SpecValue> Settings => _settings ??= settings();

    /// <summary>Of a run whose settings are known.</summary>
    public RunFacts(RunSummary summary, RunSpec spec)
        : this(summary, () => SpecValues.Of(spec))
    {
    }
}
