using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Pages.Groups;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class GroupPageTests : ComponentContext
{
    private static readonly GroupSpec s_group = new() { Id = "sweep-1", Name = "Rates and depths", Settings = ["training.learningRate", "model.layerCount"] };

    public GroupPageTests()
    {
        foreach (var (id, rate, layers, loss) in ((string, double, int, double?)[])[("a", 1e-4, 2, 2.0), ("b", 1e-2, 2, 1.5), ("c", 1e-3, 4, 1.2), ("d", 1e-2, 4, null)])
        {
            var quick = RunPresets.Quick.Spec;
            var spec = quick with { Group = s_group, Training = quick.Training with { LearningRate = rate }, Model = quick.Model with { LayerCount = layers } };
            Runs.Add(TestRuns.Summary(id, loss is null ? RunStatus.Queued : RunStatus.Completed) with { Name = $"Run {id}", ValidationLoss = loss, Group = s_group, ParameterCount = 1000 * layers }, spec);
        }

        Runs.Add(TestRuns.Summary("other", RunStatus.Completed));
    }

    [Fact]
    public void Group_OfASweep_PlotsTheFirstSettingInTheColoursOfTheSecond()
    {
        var page = Open("");

        var plot = page.FindComponent<SettingPlot>().Instance;
        Assert.Equal([(1e-4, 2.0, "layerCount 2"), (1e-2, 1.5, "layerCount 2"), (1e-3, 1.2, "layerCount 4")], plot.Points.OrderBy(point => point.Series).ThenByDescending(point => point.Loss).Select(point => (point.Place!.Value, point.Loss, point.Series)));
        Assert.True(plot.IsLogarithmic); // the rates span two decades
        Assert.Contains("4 runs: 1 queued, 3 completed.", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Table_HasTheLowestLossFirstAndTheSettings()
    {
        var rows = Open("").FindAll("tbody tr").Select(row => row.TextContent).ToList();

        Assert.Equal(4, rows.Count);
        Assert.Contains("Run c", rows[0], StringComparison.Ordinal);
        Assert.Contains("0.001", rows[0], StringComparison.Ordinal);
        Assert.Contains("Run d", rows[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Setting_Chosen_StandsInTheAddressAndReachesThePlot()
    {
        var page = Open("?x=parameters&color=");
        var plotted = page.FindComponent<SettingPlot>().Instance.Points;
        page.Find("[aria-label='Setting along the axis']").Change("model.layerCount");

        Assert.Equal([2000, 2000, 4000], plotted.Select(point => point.Place).Order());
        Assert.All(plotted, point => Assert.Equal("", point.Series));
        Assert.Contains("x=model.layerCount", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Waiting_TakenOut_AreStoppedAlone()
    {
        Open("").Button("Take the waiting out of the queue").Click();

        Assert.Equal(["stop d"], Runs.Commands);
    }

    [Fact]
    public void Group_ThatIsGone_SaysWhatToDo()
    {
        Assert.Contains("There is no such group", Render<GroupPage>(page => page.Add(group => group.Id, "gone")).Text(), StringComparison.Ordinal);
    }

    private IRenderedComponent<GroupPage> Open(string query)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/groups/sweep-1" + query);
        return Render<GroupPage>(page => page.Add(group => group.Id, "sweep-1"));
    }
}
