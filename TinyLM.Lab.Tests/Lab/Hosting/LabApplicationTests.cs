using System.Net;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Lab.Hosting;

/// <summary>What the composed lab answers to requests.</summary>
public sealed class LabApplicationTests(RealLab lab) : IClassFixture<RealLab>, IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = lab.Address };

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("/", "<title>TinyLM Lab</title>")]
    [InlineData("/corpora", "<title>TinyLM Lab</title>")]
    [InlineData("/css/app.css", "font-face")]
    [InlineData("/js/theme.js", "theme")]
    [InlineData("/favicon.svg", "<svg")]
    [InlineData("/TinyLM.Lab.styles.css", "b-")]
    [InlineData("/_framework/blazor.web.js", "Blazor")]
    [InlineData("/_content/MudBlazor/MudBlazor.min.css", "mud-")]
    [InlineData("/_content/MudBlazor/MudBlazor.min.js", "mud")]
    [InlineData("/_content/Plotly.Blazor/plotly-3.7.0.min.js", "plotly")]
    public async Task Get_PageOrStaticFile_IsThere(string path, string content)
    {
        var answer = await _client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(content, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("default-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_UnknownAddress_IsAPageWithStatus404()
    {
        var answer = await _client.GetAsync("/no/such/page", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("<title>TinyLM Lab</title>", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.BadRequest)]
    [InlineData("localhost", HttpStatusCode.OK)]
    public async Task Get_ForAHost_IsAnsweredForOurNamesOnly(string host, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = host } };

        Assert.Equal(expected, (await _client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    public async Task Request_OfAnotherSite_IsRefused(string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1") { Headers = { { "Origin", origin } } };

        var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Request_OfOurOwnPage_IsAnswered()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1") { Headers = { { "Origin", lab.Address.GetLeftPart(UriPartial.Authority) } } };

        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }
}
