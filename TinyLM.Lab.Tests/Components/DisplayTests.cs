using System.Globalization;
using TinyLM.Lab.Components;

namespace TinyLM.Lab.Tests.Components;

public class DisplayTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(934, "934")]
    [InlineData(999.6, "1k")]
    [InlineData(12_340, "12.3k")]
    [InlineData(1_254_000, "1.25M")]
    [InlineData(999_700, "1M")]
    [InlineData(7e9, "7B")]
    [InlineData(0.25, "0.25")]
    public void Compact_Number_HasAtMostThreeDigits(double value, string expected) => Assert.Equal(expected, Display.Compact(value));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(19.66, "19.7")]
    [InlineData(1.4e12, "1.4T")]
    [InlineData(3.25e18, "3.25e18")]
    [InlineData(0.00042, "4.2e-4")]
    public void Amount_OfAnySize_IsShort(double value, string expected) => Assert.Equal(expected, Display.Amount(value));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(8_000_000, "8 MB")]
    [InlineData(1_536, "1.54 kB")]
    [InlineData(10_737_418_240, "10.7 GB")]
    public void Bytes_Size_IsInPowersOfAThousand(long bytes, string expected) => Assert.Equal(expected, Display.Bytes(bytes));

    [Theory]
    [InlineData("00:00:00.4", "under 1 s")]
    [InlineData("00:00:42", "42 s")]
    [InlineData("00:02:05", "2 min 05 s")]
    [InlineData("03:07:59", "3 h 07 min")]
    [InlineData("2.05:00:00", "2 d 5 h")]
    public void Duration_Time_IsInItsTwoLargestUnits(string time, string expected) => Assert.Equal(expected, Display.Duration(TimeSpan.Parse(time, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData(0.002, "0.002")]
    [InlineData(6e-5, "6e-5")]
    [InlineData(1.25e-8, "1.25e-8")]
    [InlineData(0, "0")]
    [InlineData(1000, "1000")]
    public void Rate_SmallQuantity_ReadsBackAsItself(double value, string expected)
    {
        Assert.Equal(expected, Display.Rate(value));
        Assert.Equal(value, double.Parse(Display.Rate(value), CultureInfo.InvariantCulture), tolerance: 1e-12);
    }

    [Theory]
    [InlineData(0.999, "99%")]
    [InlineData(1, "100%")]
    [InlineData(-1, "0%")]
    public void Percent_Fraction_IsDoneOnlyWhenDone(double fraction, string expected) => Assert.Equal(expected, Display.Percent(fraction));

    [Theory]
    [InlineData(10, "just now")]
    [InlineData(50, "1 min ago")]
    [InlineData(59 * 60, "59 min ago")]
    [InlineData(5 * 3600, "5 h ago")]
    public void Ago_PastMoment_IsRounded(int seconds, string expected)
    {
        var now = new DateTimeOffset(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);

        Assert.Equal(expected, Display.Ago(now.AddSeconds(-seconds), now));
    }
}
