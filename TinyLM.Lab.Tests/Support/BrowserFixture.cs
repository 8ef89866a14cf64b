using Microsoft.Playwright;

namespace TinyLM.Lab.Tests.Support;

/// <summary>A real Chromium, Chrome or Edge of this machine, without a window.</summary>
/// <remarks>
/// The one that <c>TINYLM_BROWSER</c> names, else the usual places of Linux, else the installed Edge or Chrome. Where there
/// is none, tests that ask for a page are skipped, or fail if <c>TINYLM_REQUIRE_BROWSER</c> is set.
/// </remarks>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string[] s_places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string? _absence;

    /// <summary>Starts the browser, if there is one.</summary>
    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(30_000); // these tests share the processor with each other and with workers that train
        var options = new BrowserTypeLaunchOptions
        {
            Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        };
        if ((Environment.GetEnvironmentVariable("TINYLM_BROWSER") is { Length: > 0 } named ? named : s_places.FirstOrDefault(File.Exists)) is { } path) options.ExecutablePath = path;
        else options.Channel = OperatingSystem.IsWindows() ? "msedge" : "chrome";
        try
        {
            _browser = await _playwright.Chromium.LaunchAsync(options);
        }
        catch (PlaywrightException e)
        {
            _absence = e.Message.Split('\n')[0];
        }
    }

    /// <summary>A window on an address, as a new visitor sees it.</summary>
    public async Task<BrowserWindow> OpenAsync(Uri address, int width = 1440, int height = 900, ColorScheme scheme = ColorScheme.Light)
    {
        if (_browser is null)
        {
            var reason = $"No Chromium, Chrome or Edge to drive ({_absence}). Install one, or set TINYLM_BROWSER to its path.";
            if (Environment.GetEnvironmentVariable("TINYLM_REQUIRE_BROWSER") is { Length: > 0 }) Assert.Fail(reason);
            Assert.Skip(reason);
        }

        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
        });
        return new BrowserWindow(context, await context.NewPageAsync());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
