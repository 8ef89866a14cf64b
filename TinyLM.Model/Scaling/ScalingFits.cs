namespace TinyLM.Model.Scaling;

/// <summary>The published fits.</summary>
public static class ScalingFits
{
    /// <summary>Normal quantile of a range that holds 95 of 100.</summary>
    private const double Quantile95 = 1.959964;

    /// <summary>Operations of a day at 10^15 a second.</summary>
    private const double PetaflopDay = 8.64e19;

    private const string Hoffmann = "https://arxiv.org/abs/2203.15556", Besiroglu = "https://arxiv.org/abs/2404.10102";

    /// <summary>Approach 1: the lowest loss at each compute over all training curves.</summary>
    public static ScalingFit Approach1 { get; } = new()
    {
        Id = "approach1",
        Title = "Approach 1",
        Source = "Hoffmann et al. 2022, table 3",
        Address = Hoffmann,
        Optimum = TokenRule.Through(ChinchillaTable.PointsOf(1)),
        SizeExponentRange = new Interval(0.488, 0.502),
        Note = "The line through the table; the paper prints its exponent as 0.50, with the 10th and 90th percentile of resampled data.",
    };

    /// <summary>Approach 2: parabolas through runs of equal compute.</summary>
    public static ScalingFit Approach2 { get; } = new()
    {
        Id = "approach2",
        Title = "Approach 2",
        Source = "Hoffmann et al. 2022, table A3",
        Address = Hoffmann,
        Optimum = TokenRule.Through(ChinchillaTable.PointsOf(2)),
        SizeExponentRange = new Interval(0.462, 0.534),
        Note = "The line through the table; the paper prints its exponent as 0.49, with the 10th and 90th percentile of resampled data.",
    };

    /// <summary>Approach 3 as the paper tabulates it, which follows from none of its printed constants.</summary>
    public static ScalingFit Approach3 { get; } = new()
    {
        Id = "approach3",
        Title = "Approach 3, its table",
        Source = "Hoffmann et al. 2022, table A3",
        Address = Hoffmann,
        Optimum = TokenRule.Through(ChinchillaTable.PointsOf(3)),
        SizeExponentRange = new Interval(0.454, 0.455),
        Note = "The line through the table; the paper prints its exponent as 0.46, outside the range that it gives.",
    };

    /// <summary>Approach 3 with the constants as the paper prints them.</summary>
    public static ScalingFit HoffmannPrinted { get; } = OfLaw(
        "hoffmann", "Approach 3, constants as printed", "Hoffmann et al. 2022, equation 10", Hoffmann,
        new ParametricLaw(1.69, 406.4, 410.7, 0.34, 0.28),
        "Two digits are too few: at large compute the rounding alone asks for half as many tokens again.");

    /// <summary>Approach 3 with the constants as they stand in the TeX source of the paper.</summary>
    public static ScalingFit HoffmannUnrounded { get; } = OfLaw(
        "hoffmann-unrounded", "Approach 3, unrounded", "Hoffmann et al. 2022, TeX source", Hoffmann,
        new ParametricLaw(Math.Exp(0.5267228), Math.Exp(6.0073404), Math.Exp(6.0179186), 0.33917084, 0.2849083),
        "The original fit stopped early, Besiroglu et al. 2024 report.");

    /// <summary>The same law fitted again to points read off the paper's figure.</summary>
    public static ScalingFit Epoch { get; } = OfLaw(
        "epoch", "Epoch's refit", "Besiroglu et al. 2024", Besiroglu,
        new ParametricLaw(1.816864040041665, 482.0057194215438, 2085.434195928221, 0.34781303, 0.36585412),
        "The range follows from the standard errors of α and β, taken as independent.",
        new LawErrors(0.02566, 124.52, 1293.28, 0.01540, 0.02060));

    /// <summary>The law before Chinchilla: large models, little text.</summary>
    /// <remarks>Table 6: N = 1.3·10⁹·C^0.73 for C in petaflop-days, embeddings not counted; the tokens follow from C = 6ND.</remarks>
    public static ScalingFit Kaplan { get; } = new()
    {
        Id = "kaplan",
        Title = "Kaplan",
        Source = "Kaplan et al. 2020, table 6",
        Address = "https://arxiv.org/abs/2001.08361",
        Optimum = TokenRule.OfSizes(1.3e9 / Math.Pow(PetaflopDay, 0.73), 0.73),
        Note = "Its parameters are those without embeddings, and its schedules did not end with the training, which favoured large models.",
    };

    /// <summary>All of them, in the order of a table.</summary>
    public static IReadOnlyList<ScalingFit> All { get; } = [Approach1, Approach2, Approach3, HoffmannPrinted, HoffmannUnrounded, Epoch, Kaplan];

    /// <summary>Those that know the loss.</summary>
    public static IReadOnlyList<ScalingFit> Laws { get; } = [Epoch, HoffmannUnrounded, HoffmannPrinted];

    /// <summary>A fit by its id; null where there is none.</summary>
    public static ScalingFit? Find(string? id) => All.FirstOrDefault(fit => fit.Id == id);

    /// <summary>The range of a = β / (α + β) that errors of α and β leave, 95 of 100, to first order.</summary>
    public static Interval SizeExponentOf(ParametricLaw law, LawErrors errors)
    {
        ArgumentNullException.ThrowIfNull(law);
        var sum = law.Alpha + law.Beta;
        var error = Math.Sqrt(Math.Pow(law.Beta * errors.Alpha, 2) + Math.Pow(law.Alpha * errors.Beta, 2)) / (sum * sum);
        var exponent = law.Optimum.SizeExponent;
        return new Interval(exponent - Quantile95 * error, exponent + Quantile95 * error);
    }

    private static ScalingFit OfLaw(string id, string title, string source, string address, ParametricLaw law, string note, LawErrors? errors = null) => new()
    {
        Id = id,
        Title = title,
        Source = source,
        Address = address,
        Optimum = law.Optimum,
        Law = law,
        Errors = errors,
        SizeExponentRange = errors is { } known ? SizeExponentOf(law, known) : null,
        Note = note,
    };
}
