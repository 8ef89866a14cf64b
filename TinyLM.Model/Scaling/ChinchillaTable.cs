namespace TinyLM.Model.Scaling;

/// <summary>Estimated best training compute and tokens by size: tables 3 and A3 of Hoffmann et al. 2022, https://arxiv.org/abs/2203.15556.</summary>
public static class ChinchillaTable
{
    /// <summary>Compute that Gopher was trained with, the unit of the lecture's column.</summary>
    public const double GopherCompute = 5.76e23;

    /// <summary>The rows, the smallest first.</summary>
    public static IReadOnlyList<ChinchillaRow> Rows { get; } =
    [
        new(400e6, "1/29,968", new(1.92e19, 8.0e9), new(1.84e19, 7.7e9), new(2.21e19, 9.2e9)),
        new(1e9, "1/4,761", new(1.21e20, 20.2e9), new(1.20e20, 20.0e9), new(1.62e20, 27.1e9)),
        new(10e9, "1/46", new(1.23e22, 205.1e9), new(1.32e22, 219.5e9), new(2.46e22, 410.1e9)),
        new(67e9, "1", new(5.76e23, 1.5e12, "C / 6N is 1.433T tokens; 1.5T are printed."), new(6.88e23, 1.7e12), new(1.71e24, 4.1e12, "C / 6N is 4.254T tokens; 4.1T are printed.")),
        new(175e9, "6.7", new(3.85e24, 3.7e12), new(4.54e24, 4.3e12), new(1.26e24, 12.0e12, "Printed as 1.26e24; 6ND is 1.26e25.")),
        new(280e9, "17.2", new(9.90e24, 5.9e12), new(1.18e25, 7.1e12), new(3.52e25, 20.1e12, "C / 6N is 20.95T tokens; 20.1T are printed.")),
        new(520e9, "59.5", new(3.43e25, 11.0e12), new(4.19e25, 13.4e12), new(1.36e26, 43.5e12)),
        new(1e12, "221.3", new(1.27e26, 21.2e12), new(1.59e26, 26.5e12), new(5.65e26, 94.1e12)),
        new(10e12, "22515.9", new(1.30e28, 216.2e12), new(1.75e28, 292.0e12), new(8.55e28, 1425.5e12)),
    ];

    /// <summary>Sizes and printed tokens of an approach.</summary>
    /// <param name="approach">1 to 3.</param>
    public static IReadOnlyList<ScalingPoint> PointsOf(int approach) => [.. Rows.Select(row => new ScalingPoint(row.Parameters, row[approach].Tokens))];
}
