namespace TinyLM.Lab.Runs.Filtering;

/// <summary>How lists group runs.</summary>
public enum RunGrouping
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By where they stand.</summary>
    Status,

    /// <summary>By tag: a run of several tags is in several groups.</summary>
    Tag,

    /// <summary>By corpus.</summary>
    Corpus,

    /// <summary>By the preset that they started from.</summary>
    Preset,

    /// <summary>By the sweep that they were launched with.</summary>
    Sweep,
}
