using System.Text.Json;
using Bunit;
using Microsoft.AspNetCore.Components;
using Plotly.Blazor.Interop;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Tests.Components.Charts;

public sealed class PlotComponentTests : ComponentContext
{
    private static readonly HeatmapNames s_names = new(["a", "b"], ["c", "d"], "rows", "columns", "%{z}");
    private static readonly MapPoint[] s_points = [new("a", 1, 2, IsMarked: true, Id: 5), new("b", 3, 4, Id: 6), new("c", 5, 6, Id: 7), new("d", 7, 8, IsMarked: true, Id: 8)];

    private readonly BunitJSModuleInterop _plotly;

    public PlotComponentTests() => _plotly = JSInterop.SetupModule("./_content/Plotly.Blazor/plotly-interop-7.2.0.js");

    [Fact]
    public void Table_ChangedBeforeTheBrowserHasThePlot_IsDrawnAsSoonAsItHas()
    {
        var begun = _plotly.SetupVoid("newPlot", _ => true);
        _plotly.Mode = JSRuntimeMode.Loose;
        var chart = Open(1);

        chart.Render(parameters => parameters.Add(one => one.Table, Table(7)));
        Assert.Empty(_plotly.Invocations["react"]);
        begun.SetVoidResult();

        chart.WaitForAssertion(() => Assert.Contains("7", JsonSerializer.Serialize(((IEnumerable<object>)_plotly.Invocations["react"][^1].Arguments[1]!).Single()), StringComparison.Ordinal));
    }

    [Fact]
    public void Table_Drawn_IsDrawnAgainOnlyWhenItIsAnother()
    {
        _plotly.Mode = JSRuntimeMode.Loose;
        var chart = Open(1);
        chart.WaitForAssertion(() => Assert.Single(_plotly.Invocations["newPlot"]));

        chart.Render();
        Assert.Empty(_plotly.Invocations["react"]);
        chart.Render(parameters => parameters.Add(one => one.Table, Table(2)));

        chart.WaitForAssertion(() => Assert.Single(_plotly.Invocations["react"]));
        Assert.InRange(chart.RenderCount, 1, 8); // it does not render itself again and again
    }

    [Fact]
    public void Heatmap_Clicked_TellsTheRow()
    {
        _plotly.Mode = JSRuntimeMode.Loose;
        var rows = new List<int>();
        var chart = Render<HeatmapChart>(parameters => parameters
            .Add(one => one.Id, "map").Add(one => one.Label, "Map").Add(one => one.Table, Table(1)).Add(one => one.Names, s_names).Add(one => one.OnRowChosen, rows.Add));
        chart.WaitForAssertion(() => Assert.Single(_plotly.Invocations["subscribeClickEvent"]));

        Click(chart, new EventDataPoint { PointIndex = JsonDocument.Parse("[1, 0]").RootElement });
        Click(chart, new EventDataPoint { PointIndex = JsonSerializer.SerializeToElement(3) });

        Assert.Equal([1], rows);
    }

    [Fact]
    public void Map_Clicked_TellsThePointOfEitherTrace()
    {
        _plotly.Mode = JSRuntimeMode.Loose;
        var chosen = new List<int>();
        var chart = Render<PointMap>(parameters => parameters
            .Add(one => one.Id, "map").Add(one => one.Label, "Map").Add(one => one.Points, s_points).Add(one => one.Axes, ("x", "y")).Add(one => one.OnChosen, point => chosen.Add(point.Id)));

        foreach (var (trace, number) in ((int, int)[])[(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)])
            Click(chart, new EventDataPoint { TraceIndex = trace, PointNumber = JsonSerializer.SerializeToElement(number) });

        Assert.Equal([6, 7, 5, 8], chosen);
    }

    private static void Click(IRenderedComponent<IComponent> chart, EventDataPoint point) => chart.InvokeAsync(() => chart.FindComponent<Plotly.Blazor.PlotlyChart>().Instance.ClickAction!([point]));

    private static ActivationTable Table(float first) => new([first, 0, 0, 0], 2, 2);

    private IRenderedComponent<HeatmapChart> Open(float first) =>
        Render<HeatmapChart>(parameters => parameters.Add(one => one.Id, "map").Add(one => one.Label, "Map").Add(one => one.Table, Table(first)).Add(one => one.Names, s_names));
}
