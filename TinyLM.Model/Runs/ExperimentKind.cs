namespace TinyLM.Model.Runs;

/// <summary>How the runs of a <see cref="ScalingExperiment"/> lie over sizes and amounts of text.</summary>
public enum ExperimentKind
{
    /// <summary>Several sizes at each of a few computes. Hoffmann et al. 2022, section 3.2.</summary>
    IsoFlop,

    /// <summary>Several sizes, each on several amounts of text. Hoffmann et al. 2022, section 3.3, fit to such.</summary>
    Grid,
}
