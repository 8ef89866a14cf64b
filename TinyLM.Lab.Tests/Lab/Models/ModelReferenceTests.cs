using TinyLM.Lab.Models;

namespace TinyLM.Lab.Tests.Lab.Models;

public sealed class ModelReferenceTests
{
    [Theory]
    [InlineData("run/20261125-a")]
    [InlineData("run/20261125-a@3200")]
    [InlineData("model/stories260k")]
    public void TryParse_WhatToStringWrites_IsReadBack(string text)
    {
        Assert.True(ModelReference.TryParse(text, out var reference));

        Assert.Equal(text, reference.ToString());
    }

    [Fact]
    public void TryParse_RunWithStep_HasBoth()
    {
        Assert.True(ModelReference.TryParse("run/a@12", out var reference));

        Assert.Equal(ModelReference.OfRun("a", 12), reference);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("run/")]
    [InlineData("run/../other")]
    [InlineData("model/..")]
    [InlineData("run/a@")]
    [InlineData("run/a@-1")]
    [InlineData("run/a@first")]
    public void TryParse_AnythingElse_IsRefused(string? text) => Assert.False(ModelReference.TryParse(text, out _));
}
