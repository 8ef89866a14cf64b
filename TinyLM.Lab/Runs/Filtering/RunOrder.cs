namespace TinyLM.Lab.Runs.Filtering;

/// <summary>In which order lists show runs.</summary>
public enum RunOrder
{
    /// <summary>The newest first.</summary>
    Newest,

    /// <summary>By name.</summary>
    Name,

    /// <summary>The lowest validation loss first, else training loss; those without one last.</summary>
    Loss,

    /// <summary>The fewest parameters first.</summary>
    Parameters,

    /// <summary>The longest training first.</summary>
    Time,

    /// <summary>The largest folder first.</summary>
    Disk,
}
