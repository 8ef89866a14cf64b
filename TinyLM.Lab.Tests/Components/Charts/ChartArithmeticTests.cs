using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Components.Charts;

public class ChartArithmeticTests
{
    [Fact]
    public void ChartSettings_AsAnAddressAndBack_AreTheSame()
    {
        var settings = new ChartSettings
        {
            Axis = HorizontalAxis.Flops,
            IsXLogarithmic = true,
            IsYLogarithmic = true,
            Unit = LossUnitKind.Perplexity,
            Smoothing = 0.55,
            ExcludesOutliers = true,
            Zoom = ZoomWindow.Parse("1,2,3,4"),
            Metrics = MetricSet.Machine,
        };

        Assert.Equal(settings, Read(settings));
        Assert.Equal(new ChartSettings(), Read(new ChartSettings()));
        Assert.All(new ChartSettings().ToQuery().Values, Assert.Null);
    }

    [Theory]
    [InlineData("17", "x", "NaN", "1")]
    [InlineData("nothing", "nats", "2", "")]
    public void ChartSettings_OfAWildAddress_AreTheUsualOnes(string x, string unit, string smoothing, string zoom) =>
        Assert.Equal(new ChartSettings(), ChartSettings.Parse(x, "cubic", "?", unit, smoothing, "all", zoom));

    [Fact]
    public void OutlierRange_OfAThousandAndOneNumbers_IsFromThe2ndToThe98thPercentile()
    {
        var range = OutlierRange.Of([.. Enumerable.Range(0, 1001).Select(i => (double)i)])!.Value;

        Assert.Equal((20 - 0.06 * 960, 980 + 0.06 * 960), range); // 20 and 980 are the percentiles
    }

    [Fact]
    public void OutlierRange_OfTooFewOrEqualValues_IsNone()
    {
        Assert.Null(OutlierRange.Of([1, 2, 3, 1000]));
        Assert.Null(OutlierRange.Of([.. Enumerable.Repeat(1.0, 50)]));
        Assert.Null(OutlierRange.Of([.. Enumerable.Repeat(double.NaN, 50)]));
    }

    [Fact]
    public void LossUnit_OfALoss_IsAsItsNameSays()
    {
        Assert.Equal(2, LossUnit.NatsPerToken.Of(2));
        Assert.Equal(8, LossUnit.Perplexity.Of(3 * Math.Log(2)), tolerance: 1e-12); // 3 bits: 8 equally likely tokens
        Assert.Equal(0.75, LossUnit.BitsPerByte(TestRuns.Dataset())!.Of(3 * Math.Log(2)), tolerance: 1e-12); // 3 bits over 4 bytes
        Assert.Equal(LossUnit.NatsPerToken, LossUnit.Find(LossUnitKind.Bits, dataset: null));
    }

    private static ChartSettings Read(ChartSettings settings)
    {
        var query = settings.ToQuery();
        return ChartSettings.Parse(Part("x"), Part("xscale"), Part("axis"), Part("unit"), Part("smooth"), Part("outliers"), Part("zoom"), Part("curves"));

        string? Part(string name) => (string?)query[name];
    }
}
