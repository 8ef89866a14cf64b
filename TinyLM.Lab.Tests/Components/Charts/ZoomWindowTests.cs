using System.Text.Json;
using TinyLM.Lab.Components.Charts;

namespace TinyLM.Lab.Tests.Components.Charts;

public class ZoomWindowTests
{
    private static readonly CurveChartLook s_linear = new() { Unit = "value" };

    [Theory]
    [InlineData("""{"xaxis.range[0]":0,"xaxis.range[1]":120.5,"yaxis.range[0]":1,"yaxis.range[1]":2}""", "0,120.5,1,2")]
    [InlineData("""{"xaxis.range":[30,60]}""", "30,60")]
    public void TryRead_Zoom_GivesWhatIsInSight(string change, string expected)
    {
        Assert.True(ZoomWindow.TryRead(Parse(change), s_linear, before: null, out var window));
        Assert.Equal(expected, window.ToString());
    }

    [Fact]
    public void TryRead_LogarithmicAxes_GivesValuesAndNotPowers()
    {
        var look = s_linear with { IsXLogarithmic = true, IsLogarithmic = true };

        Assert.True(ZoomWindow.TryRead(Parse("""{"xaxis.range[0]":2,"xaxis.range[1]":3,"yaxis.range[0]":0,"yaxis.range[1]":1}"""), look, before: null, out var window));
        Assert.Equal("100,1000,1,10", window.ToString());
    }

    [Fact]
    public void TryRead_PanOfPlacesAlone_KeepsTheHeights()
    {
        Assert.True(ZoomWindow.TryRead(Parse("""{"xaxis.range":[30,60]}"""), s_linear, ZoomWindow.Parse("0,9,1,2"), out var window));
        Assert.Equal("30,60,1,2", window.ToString());
    }

    [Theory]
    [InlineData("100,250")]
    [InlineData("0.1,0.30000000000000004,1.2,1.9")]
    [InlineData("-5,1E+21")]
    public void Parse_WhatWasWritten_IsTheSame(string text) => Assert.Equal(text, ZoomWindow.Parse(text)!.Value.ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1,2,3")]
    [InlineData("2,1")]
    [InlineData("1,2,4,3")]
    [InlineData("1,NaN")]
    [InlineData("1,Infinity")]
    [InlineData("a,b")]
    public void Parse_AnythingElse_IsNone(string? text) => Assert.Null(ZoomWindow.Parse(text));

    [Fact]
    public void TryRead_DoubleClick_ShowsAllAgain()
    {
        Assert.True(ZoomWindow.TryRead(Parse("""{"xaxis.autorange":true,"yaxis.autorange":true}"""), s_linear, ZoomWindow.Parse("1,2"), out var window));
        Assert.Null(window);
    }

    [Theory]
    [InlineData("""{"autosize":true}""")]
    [InlineData("""{"yaxis.range[0]":1,"yaxis.range[1]":2}""")]
    [InlineData("""{"xaxis.range[0]":"2026-01-01","xaxis.range[1]":"2026-02-01"}""")]
    [InlineData("""{"xaxis.range":[1]}""")]
    public void TryRead_AnythingElse_IsNoZoom(string change)
    {
        Assert.False(ZoomWindow.TryRead(Parse(change), s_linear, before: null, out _));
    }

    private static Dictionary<string, JsonElement> Parse(string json) => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
}
