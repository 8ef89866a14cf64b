using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Tests.Model.Scaling;

public class LossPointsTests
{
    [Theory]
    [InlineData("parameters,tokens,loss\n1e6,2e7,4.5\n\n2000000,4e7,4.25\n")]
    [InlineData("\uFEFFloss,run,N,D\r\n4.5,a,1e6,2e7\r\n4.25,b,2e6,4e7")]
    [InlineData("\"Model Size\",\"Training FLOP\",loss\n1e6,1.2e14,4.5\n2e6,4.8e14,4.25")]
    public void Parse_OfNamedColumns_FindsThem(string text) =>
        Assert.Equal([new LossPoint(1e6, 2e7, 4.5), new LossPoint(2e6, 4e7, 4.25)], LossPoints.Parse(new StringReader(text), "points.csv"));

    [Theory]
    [InlineData("", "points.csv is empty")]
    [InlineData("a,b\n1,2", "points.csv, line 1, names the columns a, b; expected parameters, tokens or compute, and loss.")]
    [InlineData("n,d,loss\n1,2,3\n1,x,3", "points.csv, line 3, has “x” as d; expected a number above 0.")]
    [InlineData("n,d,loss\n1,2,-3", "points.csv, line 2, has “-3” as loss")]
    [InlineData("n,d,loss\n1,2,NaN", "points.csv, line 2, has “NaN” as loss")]
    [InlineData("n,d,loss\n1,2", "points.csv, line 2, has 2 columns; expected 3.")]
    public void Parse_OfAnythingElse_NamesTheLine(string text, string words) =>
        Assert.Contains(words, Assert.Throws<InvalidDataException>(() => LossPoints.Parse(new StringReader(text), "points.csv")).Message, StringComparison.Ordinal);
}
