using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Security;

namespace TinyLM.Lab.Tests.Support;

/// <summary>The lab as it is, open to the network (though it listens on this machine alone): everybody shows a token.</summary>
public sealed class OpenLab : IAsyncLifetime
{
    /// <summary>The lab.</summary>
    public RealLab Lab { get; } = new();

    internal AccessTokens Tokens => Lab.Services.GetRequiredService<AccessTokens>();

    /// <summary>A client that shows a role's token, or none.</summary>
    public HttpClient Client(Role role)
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Lab.Address };
        if (TokenOf(role) is { } token) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>The token of a role.</summary>
    public string? TokenOf(Role role) => role switch
    {
        Role.Teacher => Tokens.Teacher,
        Role.Viewer => Tokens.Viewer,
        _ => null,
    };

    /// <inheritdoc/>
    public ValueTask InitializeAsync()
    {
        Lab.Settings.Add($"--{LabOpenness.Setting}=true");
        return Lab.InitializeAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Lab.DisposeAsync();
}
