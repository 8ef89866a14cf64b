using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Tests.Model.Scaling;

public class TrainingCostTests
{
    /// <summary>Llama 3's model card: tonnes of carbon dioxide as printed, to their two or three digits; megawatt-hours follow.</summary>
    [Theory]
    [InlineData(0, 910, 390, 10)]
    [InlineData(1, 4480, 1900, 100)]
    [InlineData(2, 5390, 2290, 10)]
    public void Llama3_ByTheFormula_IsItsModelCard(int index, double megawattHours, double tonnes, double digit)
    {
        var published = PublishedTraining.Llama3[index];

        Assert.Equal(megawattHours, published.Cost.KilowattHours / 1000, 6);
        Assert.Equal(tonnes, Math.Round(published.Cost.CarbonKilograms / 1000 / digit) * digit);
        Assert.Equal(tonnes, published.CarbonTonnes);
    }

    /// <summary>llm.c: 10 billion tokens of GPT-2 124M on 8 A100 in about 94 minutes, at about 60% by its old count, 860,101,632 a token.</summary>
    [Fact]
    public void Hours_OfLlmcsGpt2_AreAboutItsOwn()
    {
        var hours = TrainingCost.DeviceHoursOf(10e9 * 860_101_632, Accelerators.A100.FlopsPerSecond, 0.6);

        var cost = new TrainingCost(hours, 8, Accelerators.A100.Watts, 0.4, 2);

        Assert.InRange(cost.Hours * 60, 90, 100);
        Assert.Equal(2 * hours, cost.Price);
        Assert.Equal(hours * 0.4, cost.KilowattHours, 9);
        Assert.Equal(hours, TrainingCost.DeviceHoursOfEnergy(cost.KilowattHours, Accelerators.A100.Watts), 9);
        Assert.Equal(10e9 * 860_101_632, TrainingCost.FlopsOf(hours, Accelerators.A100.FlopsPerSecond, 0.6), 1e6);
    }

    [Fact]
    public void Accelerators_HaveTheFiguresOfTheirDataSheets()
    {
        Assert.Equal([312e12, 756e12, 989e12, 989e12], Accelerators.All.Select(one => one.FlopsPerSecond));
        Assert.Equal([2.0e12, 2.0e12, 3.35e12, 4.8e12], Accelerators.All.Select(one => one.BytesPerSecond));
        Assert.Equal("h200", Accelerators.Find("h200")!.Id);
        Assert.Null(Accelerators.Find("abacus"));
    }
}
