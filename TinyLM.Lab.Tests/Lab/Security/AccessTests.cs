using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Security;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Lab.Security;

/// <summary>Every endpoint with no token, a viewer's and the teacher's.</summary>
public sealed class AccessTests(OpenLab open) : IClassFixture<OpenLab>
{
    /// <summary>What viewers may ask of endpoints, besides the pages. A new endpoint has to be put here or into the other list.</summary>
    private static readonly string[] s_forViewers =
    [
        "GET /api/openapi.json", "GET /api/queue", "GET /api/runs", "GET /api/runs/{id}", "GET /api/runs/{id}/events.jsonl", "GET /api/runs/{id}/metrics", "GET /api/runs/{id}/metrics.csv",
        "GET /api/runs/{id}/spec", "GET /api/runs/{id}/stream", "GET /api/runs/{id}/tensorboard", "GET /download", "* /health", "GET /v1/models", "GET /v1/models/{**id}", "POST /v1/chat/completions", "POST /v1/completions",
        "* /_blazor", "* /_blazor/disconnect", "* /_blazor/initializers", "* /_blazor/negotiate", "GET /_framework/opaque-redirect", "GET /{**path:file}", "HEAD /{**path:file}",
    ];

    private static readonly string[] s_forTeachers =
    [
        "* /v1/{**rest}", "DELETE /api/runs/{id}", "POST /api/queue/pause", "POST /api/queue/resume", "POST /api/queue/{id}/move", "POST /api/runs", "POST /api/runs/{id}/extend", "POST /api/runs/{id}/{command}", "POST /api/sweeps",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IEnumerable<RouteEndpoint> Endpoints => open.Lab.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    [Fact]
    public void Endpoints_AreAllDecidedOn()
    {
        var (pages, others) = (new List<string>(), new List<string>());
        foreach (var endpoint in Endpoints)
        {
            var pattern = PatternOf(endpoint);
            if (endpoint.Metadata.GetMetadata<OpenToAllAttribute>() is not null) Assert.True(pattern == Door.Route || endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null, $"{pattern} is open to all");
            else if (endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null) pages.Add(pattern);
            else others.AddRange(MethodsOf(endpoint).Select(method => $"{method} {pattern}"));
        }

        Assert.Equal(s_forViewers.Concat(s_forTeachers).Order(StringComparer.Ordinal), others.Where(name => !name.Contains("resource-collection", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal));
        Assert.Superset(new HashSet<string>(["/", "/new", "/runs/{RunId}", "/trash", "/storage", "/logs"]), pages.ToHashSet());
    }

    [Theory]
    [InlineData(Role.None)]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Teacher)]
    public async Task Endpoints_AnswerEachRoleAsDecided(Role role)
    {
        using var client = open.Client(role);
        foreach (var endpoint in Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null && endpoint.RoutePattern.RawText != Door.Route))
        {
            foreach (var method in MethodsOf(endpoint).Select(method => method != "*" ? method : endpoint.RoutePattern.RawText == "/health" ? "GET" : "POST"))
            {
                var path = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : "nothing"))));
                using var request = new HttpRequestMessage(new HttpMethod(method), path);
                if (method != "GET") request.Content = new StringContent("{}", Encoding.UTF8, "application/json");

                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);

                var isTeachers = s_forTeachers.Any(name => name.EndsWith($" {PatternOf(endpoint)}", StringComparison.Ordinal) && (name.StartsWith(method, StringComparison.Ordinal) || name[0] == '*'));
                var what = $"{method} {path} by {role}: {answer.StatusCode}";
                if (role == Role.None) Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, what);
                else if (role == Role.Viewer && isTeachers) Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, what);
                else Assert.False(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.InternalServerError, what);
            }
        }
    }

    [Fact]
    public async Task Refusals_HaveTheShapeThatTheAskerReads()
    {
        using var nobody = open.Client(Role.None);
        using var viewer = open.Client(Role.Viewer);

        var page = await nobody.GetAsync("/runs/x", Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, page.StatusCode);
        Assert.Contains("Whoever started the lab sees two links in its console", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        var api = await viewer.PostAsync("/api/runs", new StringContent("{}"), Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, api.StatusCode);
        Assert.Equal(NotAllowedException.ViewerWords, JsonNode.Parse(await api.Content.ReadAsStringAsync(Cancel))!["detail"]!.GetValue<string>());

        var openAi = await nobody.GetAsync("/v1/models", Cancel);
        Assert.Equal("invalid_api_key", JsonNode.Parse(await openAi.Content.ReadAsStringAsync(Cancel))!["error"]!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Link_GivesACookieThatNoScriptReads_AndLeavesTheAddressBar()
    {
        using var client = open.Client(Role.None);

        var answer = await client.GetAsync(Door.Link("", open.Tokens.Viewer), Cancel);

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        var page = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("""http-equiv="refresh" content="0; url=/" """.TrimEnd(), page, StringComparison.Ordinal);
        Assert.DoesNotContain(open.Tokens.Viewer, page, StringComparison.Ordinal);
        using var with = new HttpRequestMessage(HttpMethod.Get, "/api/runs") { Headers = { { "Cookie", cookie.Split(';')[0] } } };
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(with, Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Link_WithAWrongToken_SaysWhereToFindTheRightOne(string token)
    {
        using var client = open.Client(Role.None);

        var answer = await client.GetAsync(Door.Link("", token), Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.Equal(token.Length > 0, (await answer.Content.ReadAsStringAsync(Cancel)).Contains("does not open the lab", StringComparison.Ordinal));
    }

    private static string PatternOf(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText!.Trim('/') is { Length: > 0 } path ? $"/{path}" : "/";

    private static IEnumerable<string> MethodsOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["*"];
}
