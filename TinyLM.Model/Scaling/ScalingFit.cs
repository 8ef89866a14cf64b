namespace TinyLM.Model.Scaling;

/// <summary>What somebody found about the best use of compute.</summary>
public sealed record ScalingFit
{
    /// <summary>As addresses and the command line name it.</summary>
    public required string Id { get; init; }

    /// <summary>As pages name it.</summary>
    public required string Title { get; init; }

    /// <summary>Where it stands.</summary>
    public required string Source { get; init; }

    /// <summary>Address of the source.</summary>
    public required string Address { get; init; }

    /// <summary>The best tokens of each size.</summary>
    public required TokenRule Optimum { get; init; }

    /// <summary>The law that it is of; null where only the optimum was found.</summary>
    public ParametricLaw? Law { get; init; }

    /// <summary>Standard errors of the law's constants, where they were given.</summary>
    public LawErrors? Errors { get; init; }

    /// <summary>The range given for a in N ∝ C^a; null where none was.</summary>
    public Interval? SizeExponentRange { get; init; }

    /// <summary>What to know of the range, or of the fit; empty where there is nothing.</summary>
    public string Note { get; init; } = "";
}
