using System.Text.RegularExpressions;
using TinyLM.Lab.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace TinyLM.Lab.Tests.Browser;

/// <summary>What a newcomer does first, in a real browser over a fake lab.</summary>
public sealed class FirstVisitTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Theory]
    [InlineData(1440, 900)]
    [InlineData(390, 844)]
    public async Task Home_OfAnEmptyLab_LeadsToARun(int width, int height)
    {
        await using var lab = new FakeLab();
        await lab.InitializeAsync();
        await using var window = await browser.OpenAsync(lab.Address, width, height);
        await window.GoToAsync("/");
        await window.KeepPictureAsync($"home-first-{width}");

        await window.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Train your first model" }).ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(new Regex(@"/runs/run-1$"));

        Assert.Single(lab.Runs.Started);
        Assert.Equal(0, await window.OverflowAsync());
        Assert.Empty(window.Errors);
    }
}
