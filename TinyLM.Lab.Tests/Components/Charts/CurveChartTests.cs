using System.Text.Json;
using Bunit;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Components.Charts;

public sealed class CurveChartTests : ComponentContext
{
    private readonly Curve _curve = new();
    private readonly List<ZoomWindow?> _windows = [];
    private readonly List<JsonElement> _sent = []; // the traces of each whole chart, as they went
    private readonly BunitJSModuleInterop _plotly;

    public CurveChartTests()
    {
        _plotly = JSInterop.SetupModule("./_content/Plotly.Blazor/plotly-interop-7.2.0.js");
        _plotly.Mode = JSRuntimeMode.Loose;
        foreach (var call in (string[])["newPlot", "react"])
        {
            _plotly.SetupVoid(call, invocation =>
            {
                _sent.Add(JsonSerializer.SerializeToElement(invocation.Arguments[1]));
                return false; // answered as any other
            });
        }
    }

    private static CancellationToken Cancellation => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chart_Rendered_BeginsWithAllThereIs()
    {
        Grow(10);
        var chart = Open();

        await DrawAsync(chart);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], Numbers(Assert.Single(_sent)[0], "x"));
        Assert.Empty(_plotly.Invocations["react"]);
        Assert.Empty(_plotly.Invocations["extendTraces"]);
    }

    [Fact]
    public async Task Draw_NothingNew_SendsNothing()
    {
        Grow(10);
        var chart = Open();
        await DrawAsync(chart);

        await DrawAsync(chart);

        Assert.Empty(_plotly.Invocations["react"]);
        Assert.Empty(_plotly.Invocations["extendTraces"]);
    }

    [Fact]
    public async Task Draw_NewPoints_SendsTheseAloneScaled()
    {
        Grow(10);
        var chart = Open(value => 2 * value);
        await DrawAsync(chart);
        _curve.Append(11, 0.25);
        _curve.Append(12, double.NaN);

        await DrawAsync(chart);

        var arguments = Assert.Single(_plotly.Invocations["extendTraces"]).Arguments;
        Assert.Equal([11.0, 12.0], ((IEnumerable<IEnumerable<object>>)arguments[1]!).Single());
        Assert.Equal([0.5, null], ((IEnumerable<IEnumerable<object>>)arguments[2]!).Single());
    }

    [Fact]
    public async Task Draw_MoreThanTheBrowserShouldHold_SendsTheCurveThinned()
    {
        Grow(1900);
        var chart = Open();
        await DrawAsync(chart);
        for (var batch = 0; batch < 20; batch++)
        {
            Grow(100);
            await DrawAsync(chart);
        }

        Assert.InRange(_plotly.Invocations["react"].Count, 2, 3);
        Assert.InRange(_plotly.Invocations["extendTraces"].Count, 16, 19);
    }

    [Fact]
    public async Task Draw_AfterTheCurveWasTakenBack_SendsTheWholeChart()
    {
        Grow(10);
        var chart = Open();
        await DrawAsync(chart);
        _curve.Clear();
        Grow(10);

        await DrawAsync(chart);

        Assert.Single(_plotly.Invocations["react"]);
    }

    [Fact]
    public async Task Draw_CutOffByTheConnection_SendsTheWholeChartNextTime()
    {
        Grow(10);
        var chart = Open();
        await DrawAsync(chart);
        Grow(1);
        var hanging = _plotly.SetupVoid("extendTraces", _ => true); // a call in flight when the connection drops never returns
        using var connection = new CancellationTokenSource();

        var draw = chart.InvokeAsync(() => chart.Instance.DrawAsync(connection.Token));
        await connection.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => draw);
        await DrawAsync(chart);

        Assert.Single(hanging.Invocations);
        Assert.Single(_plotly.Invocations["react"]);
    }

    /// <summary>A class of viewers would each keep, boxed, what their browsers have.</summary>
    [Fact]
    public async Task Draw_Done_KeepsNoPoints()
    {
        Grow(10);
        var chart = Open(level: new CurveLevel("floor", 3));
        await DrawAsync(chart);
        AssertKeepsNone();
        Grow(5);
        await DrawAsync(chart);
        AssertKeepsNone();
        chart.Instance.Invalidate();
        await DrawAsync(chart);
        AssertKeepsNone();

        Assert.Equal(15, Numbers(_sent[^1][0], "x").Count());

        void AssertKeepsNone() => Assert.All(chart.FindComponent<Plotly.Blazor.PlotlyChart>().Instance.Data.Cast<Plotly.Blazor.Traces.Scatter>(), trace => Assert.Empty(trace.X.Concat(trace.Y)));
    }

    /// <summary>The browser may be at work on the plot as it was; extending what it does not have yet fails there: "indices must be valid indices for gd.data".</summary>
    [Fact]
    public async Task Draw_CurveAddedWhileThePlotWasMade_SendsTheWholeChartBeforeAnyPoint()
    {
        Grow(10);
        var making = _plotly.SetupVoid("newPlot", _ => true);
        var chart = Open();
        chart.Render(parameters => parameters.Add(one => one.Levels, [new CurveLevel("floor", 3)]));
        making.SetVoidResult();
        Grow(1);

        await DrawAsync(chart);
        Grow(1);
        await DrawAsync(chart);

        var drawn = (IEnumerable<object>)Assert.Single(_plotly.Invocations["react"]).Arguments[1]!;
        Assert.Equal(2, drawn.Count());
        Assert.Single(_plotly.Invocations["extendTraces"]);
    }

    [Fact]
    public async Task Draw_AnotherCurveInTheSamePlace_SendsTheWholeChart()
    {
        Grow(10);
        var chart = Open();
        await DrawAsync(chart);
        var other = new Curve();
        for (var x = 1; x <= 10; x++) other.Append(x, 7);

        chart.Render(parameters => parameters.Add(one => one.Series, [new CurveSeries("curve", other, CurveStyle.Main)]));
        await DrawAsync(chart);

        Assert.Single(_plotly.Invocations["react"]);
    }

    [Fact]
    public async Task Level_IsDrawnAcrossAtItsHeight()
    {
        Grow(10);
        var chart = Open(level: new CurveLevel("floor", 3));
        await DrawAsync(chart);

        var traces = _sent[^1];
        Assert.Equal(["curve", "floor"], traces.EnumerateArray().Select(trace => trace.GetProperty("name").GetString()));
        Assert.Equal([0, 10], Numbers(traces[1], "x"));
        Assert.Equal([3, 3], Numbers(traces[1], "y"));
    }

    [Fact]
    public async Task Window_OfTheAddress_IsTheRangeOfTheAxesAndFinerThere()
    {
        Grow(100_000);
        var chart = Open(look: new CurveChartLook { Unit = "value", IsXLogarithmic = true }, window: new ZoomWindow(100, 1000) { Heights = (-1, 2) });
        await DrawAsync(chart);

        var plot = chart.FindComponent<Plotly.Blazor.PlotlyChart>().Instance;

        Assert.Equal([2.0, 3.0], plot.Layout.XAxis![0].Range!);
        Assert.Equal([-1.0, 2.0], plot.Layout.YAxis![0].Range!);
        Assert.Equal(901, Numbers(_sent[^1][0], "x").Count(place => place is >= 100 and <= 1000));
    }

    [Fact]
    public async Task Outliers_LeftOut_KeepTheAxisToWhereMostPointsLie()
    {
        Grow(500);
        _curve.Append(501, 1000);
        var chart = Open(look: new CurveChartLook { Unit = "value", ExcludesOutliers = true });
        await DrawAsync(chart);

        var range = chart.FindComponent<Plotly.Blazor.PlotlyChart>().Instance.Layout.YAxis![0].Range!.Cast<double>().ToList();

        Assert.InRange(range[0], -1.3, -0.9);
        Assert.InRange(range[1], 0.9, 1.3);
    }

    private static IEnumerable<double> Numbers(JsonElement trace, string axis) => trace.GetProperty(axis).EnumerateArray().Select(number => number.GetDouble());

    private void Grow(int count)
    {
        for (var i = 0; i < count; i++) _curve.Append(_curve.Count + 1, Math.Sin(_curve.Count));
    }

    private IRenderedComponent<CurveChart> Open(Func<double, double>? convert = null, CurveLevel? level = null, CurveChartLook? look = null, ZoomWindow? window = null) => Render<CurveChart>(parameters => parameters
        .Add(chart => chart.Id, "chart")
        .Add(chart => chart.Label, "A curve")
        .Add(chart => chart.Series, [new CurveSeries("curve", _curve, CurveStyle.Main) { Convert = convert ?? (value => value) }])
        .Add(chart => chart.Look, look ?? new CurveChartLook { Unit = "value" })
        .Add(chart => chart.Levels, level is null ? [] : [level])
        .Add(chart => chart.Window, window)
        .Add(chart => chart.WindowChanged, changed => _windows.Add(changed)));

    private static Task DrawAsync(IRenderedComponent<CurveChart> chart) => chart.InvokeAsync(() => chart.Instance.DrawAsync(Cancellation));
}
