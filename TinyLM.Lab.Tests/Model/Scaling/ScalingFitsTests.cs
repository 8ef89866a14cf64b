using System.Globalization;
using TinyLM.Model.Scaling;
using static TinyLM.Lab.Tests.Model.Scaling.ChinchillaReference;

namespace TinyLM.Lab.Tests.Model.Scaling;

/// <summary>The figures of Hoffmann et al. 2022 and Besiroglu et al. 2024 to the digits that they are printed with.</summary>
public class ScalingFitsTests
{
    private static readonly ScalingPoint s_chinchilla = new(70e9, 1.4e12);

    /// <summary>Optimum at Gopher's compute and the loss of Chinchilla.</summary>
    [Theory]
    [InlineData("hoffmann", "32.2", "2.98", "92.6", "1.937")]
    [InlineData("hoffmann-unrounded", "40.4", "2.38", "58.9", "1.921")]
    [InlineData("epoch", "72.4", "1.33", "18.3", "1.973")]
    public void Optimum_AtGophersCompute_IsAsKnown(string id, string billions, string trillions, string ratio, string loss)
    {
        var fit = ScalingFits.Find(id)!;
        var best = fit.Optimum.ForCompute(ChinchillaTable.GopherCompute);

        Assert.Equal(billions, Fixed(best.Parameters / 1e9, "0.0"));
        Assert.Equal(trillions, Fixed(best.Tokens / 1e12, "0.00"));
        Assert.Equal(ratio, Fixed(best.TokensPerParameter, "0.0"));
        Assert.Equal(loss, Fixed(fit.Law!.Loss(s_chinchilla), "0.000"));
    }

    [Theory]
    [InlineData(1e18, "25.6")]
    [InlineData(1e20, "22.8")]
    public void TokensPerParameter_OfEpochsRefit_Drifts(double compute, string expected) =>
        Assert.Equal(expected, Fixed(ScalingFits.Epoch.Optimum.ForCompute(compute).TokensPerParameter, "0.0"));

    [Theory]
    [InlineData("approach1", ".50", ".50")]
    [InlineData("approach2", ".49", ".51")]
    [InlineData("approach3", ".46", ".54")]
    [InlineData("kaplan", ".73", ".27")]
    public void Exponents_AreThePrintedOnes(string id, string size, string tokens)
    {
        var optimum = ScalingFits.Find(id)!.Optimum;

        Assert.Equal(size, Fixed(optimum.SizeExponent, ".00"));
        Assert.Equal(tokens, Fixed(optimum.TokenExponent, ".00"));
    }

    /// <summary>The paper prints b's range too: it is 1 minus a's, but for rounding.</summary>
    [Theory]
    [InlineData("approach1", 0.501, 0.512)]
    [InlineData("approach2", 0.483, 0.529)]
    [InlineData("approach3", 0.542, 0.543)]
    public void Exponent_OfTheTable_LiesInItsRangeButForApproach3(string id, double low, double high)
    {
        var fit = ScalingFits.Find(id)!;

        Assert.Equal(id != "approach3", fit.SizeExponentRange!.Value.Contains(fit.Optimum.SizeExponent));
        Assert.InRange(1 - fit.SizeExponentRange.Value.Low, low - 0.011, high + 0.011);
    }

    [Theory]
    [InlineData("hoffmann", "1.69", "406.4", "410.7", ".34", ".28", "0.00", "0.0", ".00")]
    [InlineData("epoch", "1.81686", "482.00572", "2085.43420", ".34781", ".36585", "0.00000", "0.00000", ".00000")]
    public void Constants_AreThePrintedOnes(string id, string e, string a, string b, string alpha, string beta, string floor, string weight, string exponent)
    {
        var law = ScalingFits.Find(id)!.Law!;

        Assert.Equal([e, a, b, alpha, beta], [Fixed(law.E, floor), Fixed(law.A, weight), Fixed(law.B, weight), Fixed(law.Alpha, exponent), Fixed(law.Beta, exponent)]);
    }

    [Fact]
    public void Constants_Unrounded_AreTheReferences()
    {
        var file = Read();

        foreach (var (name, fit) in ((string, ScalingFit)[])[("hoffmann2022_tex_unrounded", ScalingFits.HoffmannUnrounded), ("epoch2024_notebook", ScalingFits.Epoch), ("hoffmann2022_rounded", ScalingFits.HoffmannPrinted)])
        {
            var (expected, actual) = (Law(file, name), fit.Law!);
            Same(expected.E, actual.E);
            Same(expected.A, actual.A);
            Same(expected.B, actual.B);
            Assert.Equal((expected.Alpha, expected.Beta), (actual.Alpha, actual.Beta));
        }

        Assert.Equal("1.69337", Fixed(ScalingFits.HoffmannUnrounded.Law!.E, "0.00000"));
        Assert.Equal(new LawErrors(0.02566, 124.52, 1293.28, 0.01540, 0.02060), ScalingFits.Epoch.Errors);
    }

    /// <summary>nanoGPT's notebook draws the same line through Approach 2's rows.</summary>
    [Fact]
    public void Approach2_IsTheLineOfNanoGptsNotebook()
    {
        Same(1.0409573169995892, ScalingFits.Approach2.Optimum.Exponent);
        Same(0.9353887152390791, Math.Log10(ScalingFits.Approach2.Optimum.Coefficient));
        Assert.Equal("2.292426", Fixed(ScalingFits.Approach2.Optimum.ForParameters(124e6).Tokens / 1e9, "0.000000"));
    }

    [Fact]
    public void Table_HangsTogetherByC6ND_ButWhereItSaysNot()
    {
        foreach (var row in ChinchillaTable.Rows)
        {
            for (var approach = 1; approach <= 3; approach++)
            {
                var printed = row[approach];
                var ratio = printed.TokensOf(row.Parameters) / printed.Tokens;
                if (printed.Misprint is null) Assert.InRange(ratio, 0.989, 1.011); // tokens have two digits at the least
                else Assert.False(ratio is >= 0.989 and <= 1.011);
            }

            var units = row.GopherUnits.Split('/').Select(part => double.Parse(part, NumberStyles.Number, CultureInfo.InvariantCulture)).Aggregate((one, by) => one / by);
            Assert.InRange(row.Approach1.Compute / ChinchillaTable.GopherCompute / units, 0.98, 1.02); // 1/46 is 1/46.8
        }
    }

    [Fact]
    public void Table_IsTheReferences()
    {
        var file = Read();
        var first = file.GetProperty("table3_hoffmann").GetProperty("rows").EnumerateArray().Select(row => (row.GetProperty("params").GetDouble(), row.GetProperty("flops").GetDouble(), row.GetProperty("tokens").GetDouble()));
        var second = file.GetProperty("tableA3_approach2").GetProperty("rows").EnumerateArray().Select(row => (row[0].GetDouble(), row[1].GetDouble()));

        Assert.Equal(first, ChinchillaTable.Rows.Select(row => (row.Parameters, row.Approach1.Compute, row.Approach1.Tokens)));
        Assert.Equal(second, ChinchillaTable.Rows.Select(row => (row.Parameters, row.Approach2.Tokens)));
        Assert.Equal("1.433", Fixed(ChinchillaTable.Rows[3].Approach1.TokensOf(67e9) / 1e12, "0.000"));
        Assert.Equal("1.26e25", (6 * 175e9 * ChinchillaTable.Rows[4].Approach3.Tokens).ToString("0.00e0", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void All_HaveIdsAndSourcesOfTheirOwn()
    {
        Assert.Equal(ScalingFits.All.Count, ScalingFits.All.Select(fit => fit.Id).Distinct().Count());
        Assert.All(ScalingFits.All, fit => Assert.StartsWith("https://", fit.Address, StringComparison.Ordinal));
        Assert.All(ScalingFits.Laws, fit => Assert.NotNull(fit.Law));
        Assert.Null(ScalingFits.Find("none"));
    }

    private static string Fixed(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
