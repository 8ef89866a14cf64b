using TinyLM.Lab.Components.Circuits;

namespace TinyLM.Lab.Tests.Components.Circuits;

public sealed class AudienceTests
{
    private readonly Audience _audience = new();

    [Fact]
    public async Task Browsers_ComingAndGoing_AreCountedOnceEach()
    {
        var (first, second) = (new CircuitLink(_audience), new CircuitLink(_audience));
        first.Connect();
        first.Connect(); // again after a short absence that nobody saw
        second.Connect();
        var both = _audience.Count;
        await first.DisconnectAsync();
        await first.DisconnectAsync();
        var one = _audience.Count;
        first.Dispose();
        second.Dispose();

        Assert.Equal((2, 1, 0), (both, one, _audience.Count));
    }

    [Theory]
    [InlineData(0, 250)]
    [InlineData(25, 250)]
    [InlineData(50, 500)]
    public void Pace_BeyondAClass_KeepsTheLooksOfAllTogether(int browsers, int milliseconds)
    {
        for (var i = 0; i < browsers; i++) _audience.Enter();

        Assert.Equal(milliseconds, _audience.Pace(TimeSpan.FromMilliseconds(250)).TotalMilliseconds);
    }
}
