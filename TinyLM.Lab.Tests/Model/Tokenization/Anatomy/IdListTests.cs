using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Tests.Model.Tokenization.Anatomy;

public class IdListTests
{
    [Theory]
    [InlineData("1 2 3")]
    [InlineData("[1, 2, 3]")]
    [InlineData("1,2,3,\n")]
    [InlineData("(1;\t2;\r\n3)")]
    public void Parse_IdsWithAnythingBetween_ReadsThem(string text)
    {
        var list = IdList.Parse(text, id => id < 10);

        Assert.Equal([1, 2, 3], list.Ids);
        Assert.Empty(list.Problems);
    }

    [Fact]
    public void Parse_WhatIsNoId_IsNamedWithItsPlace()
    {
        var list = IdList.Parse("1, x, 99, -1, 99999999999, 2", id => id < 10);

        Assert.Equal([1, 2], list.Ids);
        Assert.Equal([new IdProblem(2, "x", false), new IdProblem(3, "99", true), new IdProblem(4, "-1", true), new IdProblem(5, "99999999999", true)], list.Problems);
    }

    [Fact]
    public void Parse_Nothing_HasNoIds() => Assert.Empty(IdList.Parse(" ,\n", _ => true).Ids);
}
