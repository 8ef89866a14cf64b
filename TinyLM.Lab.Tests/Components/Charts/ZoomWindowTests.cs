using System.Text.Json;
using TinyLM.Lab.Components.Charts;

namespace TinyLM.Lab.Tests.Components.Charts;

public class ZoomWindowTests
{
    [Theory]
    [InlineData("""{"xaxis.range[0]":0,"xaxis.range[1]":120.5,"yaxis.range[0]":1,"yaxis.range[1]":2}""", 0, 120.5)]
    [InlineData("""{"xaxis.range":[30,60]}""", 30, 60)]
    public void TryRead_Zoom_GivesItsSteps(string change, double from, double to)
    {
        Assert.True(ZoomWindow.TryRead(Parse(change), out var window));
        Assert.Equal(new ZoomWindow(from, to), window);
    }

    [Fact]
    public void TryRead_DoubleClick_ShowsAllAgain()
    {
        Assert.True(ZoomWindow.TryRead(Parse("""{"xaxis.autorange":true,"yaxis.autorange":true}"""), out var window));
        Assert.Null(window);
    }

    [Theory]
    [InlineData("""{"autosize":true}""")]
    [InlineData("""{"yaxis.range[0]":1,"yaxis.range[1]":2}""")]
    [InlineData("""{"xaxis.range[0]":"2026-01-01","xaxis.range[1]":"2026-02-01"}""")]
    [InlineData("""{"xaxis.range":[1]}""")]
    public void TryRead_AnythingElse_IsNoZoom(string change)
    {
        Assert.False(ZoomWindow.TryRead(Parse(change), out _));
    }

    private static Dictionary<string, JsonElement> Parse(string json) => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
}
