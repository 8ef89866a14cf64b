using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace TinyLM.Lab.Tests.Support;

/// <summary>A browser window that remembers everything that went wrong in it: script errors, refused requests, broken content policy.</summary>
public sealed class BrowserWindow : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _errors = [];
    private readonly IBrowserContext _context;

    internal BrowserWindow(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") _errors.Enqueue($"{message.Text} ({message.Location})");
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 400) _errors.Enqueue($"{response.Status} {response.Url}");
        };
    }

    /// <summary>The page in the window.</summary>
    public IPage Page { get; }

    /// <summary>What went wrong so far.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Goes to an address of the lab and waits until its page is drawn.</summary>
    public async Task GoToAsync(string path)
    {
        await Page.GotoAsync(path);
        await Page.Locator("h1").First.WaitForAsync();
        await Page.EvaluateAsync("document.fonts.ready");
    }

    /// <summary>Keeps a picture of the window, or of the whole page, under <c>artifacts/pages</c>.</summary>
    public Task KeepPictureAsync(string name, bool wholePage = false) => Page.ScreenshotAsync(new PageScreenshotOptions
    {
        Path = Path.Combine(Repository.Top, "artifacts", "pages", name + ".png"),
        FullPage = wholePage,
        Animations = ScreenshotAnimations.Disabled,
    });

    /// <summary>By how many pixels the page is wider than the window.</summary>
    public Task<int> OverflowAsync() => Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
