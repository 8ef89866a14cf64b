using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Tests.Model.Scaling;

public class ScaledNumberTests
{
    [Theory]
    [InlineData("124M", 124e6)]
    [InlineData(" 1.4 T ", 1.4e12)]
    [InlineData("10,000", 10_000)]
    [InlineData("5.76e23", 5.76e23)]
    [InlineData("70b", 70e9)]
    [InlineData("2k", 2000)]
    [InlineData("-3", -3)]
    public void TryParse_OfASize_IsItsNumber(string text, double expected)
    {
        Assert.True(ScaledNumber.TryParse(text, out var value));
        Assert.Equal(expected, value, expected / 1e12 * Math.Sign(expected));
    }

    [Theory]
    [InlineData("")]
    [InlineData("B")]
    [InlineData("many")]
    [InlineData("NaN")]
    [InlineData("1.2.3")]
    public void TryParse_OfAnythingElse_IsNone(string text) => Assert.False(ScaledNumber.TryParse(text, out _));
}
