using TinyLM.Lab.Components.Pages.Scaling;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Tests.Components.Pages;

public class PublishedTablesTests
{
    [Fact]
    public void Chinchilla_HasTheMisprintAsPrinted()
    {
        var table = PublishedTables.Chinchilla();

        var row = table.Rows!.ToList().IndexOf("175B");
        Assert.Equal(1.26e24f, table.Table[row][table.Columns!.ToList().IndexOf("approach 3 operations")]);
        Assert.Equal(ChinchillaTable.Rows.Count, table.Table.Rows);
    }

    [Fact]
    public void Constants_HaveErrorsWhereTheyWereGiven()
    {
        var table = PublishedTables.Constants();

        var (errors, epoch) = (table.Columns!.ToList().IndexOf("error of beta"), table.Rows!.ToList().IndexOf(ScalingFits.Epoch.Title));
        Assert.Equal(0.0206f, table.Table[epoch][errors]);
        Assert.Equal(ScalingFits.Laws.Count - 1, Enumerable.Range(0, table.Table.Rows).Count(row => float.IsNaN(table.Table[row][errors])));
    }

    [Fact]
    public void Llama3_IsTheModelCards()
    {
        var table = PublishedTables.Llama3();

        Assert.Equal(["Llama 3 8B", "Llama 3 70B", "Llama 3, both"], table.Rows!);
        Assert.Equal([1.3e6f, 700f, 910f, 386.75f, 390f], table.Table[0].ToArray());
    }
}
