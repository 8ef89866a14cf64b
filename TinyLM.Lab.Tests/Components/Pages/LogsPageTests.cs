using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Pages.Logs;
using TinyLM.Lab.Tests.Lab.Runs.Logs;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class LogsPageTests : ComponentContext
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _folder.Dispose();
    }

    [Fact]
    public void Directory_Opened_StandsInTheAddressAndShowsAChartATag()
    {
        Put("first");
        Put("second");
        var page = Render<LogsPage>();

        page.Field("Log directory on the lab's machine").Input(_folder.Path);
        page.Find("form").Submit();

        page.WaitForAssertion(() => Assert.Equal(["loss", "train/acc"], page.FindAll(".charts h3").Select(title => title.TextContent)), s_patience);
        Assert.Contains("?path=" + Uri.EscapeDataString(_folder.Path), Address, StringComparison.Ordinal);
        Assert.Equal(["first", "second"], page.FindAll(".legend li").Select(run => run.TextContent.Trim()));
        var loss = page.FindComponents<CurveChart>()[0].Instance;
        Assert.Equal(["first, each value", "first", "second, each value", "second"], loss.Series.Select(series => series.Name));
        Assert.Equal([new CurvePoint(1, 4), new CurvePoint(2, 2), new CurvePoint(3, 0.5f)], loss.Series[0].Curve.Points.ToArray());
    }

    [Fact]
    public void Address_OfADirectory_BringsTagsAxisAndSmoothingBack()
    {
        Put("");
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/logs?path={Uri.EscapeDataString(_folder.Path)}&tag=LOSS&x=time&smooth=0");

        var page = Render<LogsPage>();

        page.WaitForAssertion(() => Assert.Equal(["loss"], page.FindAll(".charts h3").Select(title => title.TextContent)), s_patience);
        var series = Assert.Single(page.FindComponent<CurveChart>().Instance.Series);
        Assert.Equal([1.0, 2, 11], series.Curve.Points.ToArray().Select(point => point.X)); // seconds since the file was begun
    }

    [Fact]
    public void Directory_ThatIsNone_SaysSo()
    {
        var page = Render<LogsPage>();

        page.Field("Log directory on the lab's machine").Input(_folder["nothing"]);
        page.Find("form").Submit();

        page.WaitForAssertion(() => Assert.Contains("There is no directory", page.Text(), StringComparison.Ordinal), s_patience);
    }

    private void Put(string run)
    {
        Directory.CreateDirectory(_folder[run]);
        File.WriteAllBytes(Path.Combine(_folder[run], "events.out.tfevents.1700000000.host"), Convert.FromBase64String(TensorBoardDirectoryTests.ForeignFile));
    }
}
