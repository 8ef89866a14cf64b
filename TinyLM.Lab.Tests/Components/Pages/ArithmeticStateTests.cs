using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using TinyLM.Lab.Components.Pages.Scaling;
using TinyLM.Model.Architectures;

namespace TinyLM.Lab.Tests.Components.Pages;

public class ArithmeticStateTests
{
    [Fact]
    public void Address_OfAState_BringsItBack()
    {
        ArithmeticState[] states =
        [
            new(),
            new() { Model = ArithmeticState.ShapeOf("llama3-70b")!.Config, Tokens = 15e12, Numbers = TrainingNumbers.Bf16, Keeping = ActivationKeeping.Everything, Convention = FlopsConvention.Exact },
            new() { Model = new ModelConfig { Family = ModelFamily.Llama, EmbeddingSize = 96, HeadCount = 3, KeyValueHeadCount = 1, FeedForwardSize = 100, TiedHead = false }, Sequences = 3, Device = "a100", Devices = 2.5, Utilisation = 12.5, Carbon = 0.1, Price = 0, Texts = 7 },
        ];

        Assert.All(states, state =>
        {
            var query = state.ToQuery().Where(one => one.Value is not null).ToDictionary(one => one.Key, one => Convert.ToString(one.Value, CultureInfo.InvariantCulture));
            Assert.Equal(state, ArithmeticState.OfAddress(QueryHelpers.AddQueryString("http://lab/scaling/model", query)));
        });
    }

    /// <summary>Each value by the engine's own functions, the sum by its parts.</summary>
    [Fact]
    public void Sheet_OfEveryShape_HasTheSumsOfItsParts()
    {
        foreach (var shape in ModelShapes.All.Concat(ModelShapes.Large))
        {
            var sections = ArithmeticSheet.Of(new ArithmeticState { Model = shape.Config });

            var counts = sections.Single(section => section.Id == "parameters").Rows;
            Assert.Equal(ModelArithmetic.ParameterCount(shape.Config), counts.Take(6).Sum(row => row.Amount));
            var memory = sections.Single(section => section.Id == "training-memory").Rows;
            Assert.Equal(memory.Single(row => row.Name == "All").Amount, memory.Take(6).Sum(row => row.Amount), 1.0);
            Assert.All(sections.SelectMany(section => section.Rows), row =>
            {
                Assert.True(double.IsFinite(row.Amount) && row.Amount >= 0, row.Name);
                Assert.NotEmpty(row.Figures);
            });
        }
    }

    /// <summary>What stands in the formula of a count is what the count is.</summary>
    [Fact]
    public void Operations_ByChinchilla_NameTheMatricesOfTheBlocks()
    {
        var row = ArithmeticSheet.Of(new ArithmeticState()).Single(section => section.Id == "operations").Rows.Single(row => row.Name.Contains("Chinchilla", StringComparison.Ordinal));

        Assert.Equal("6 · 84,934,656 + (12 · 12 · 768 + 9 · 12 · 12) · 1,024", row.Figures); // 12 · 12 · 768²
        Assert.Equal(6 * 84_934_656.0 + (12 * 12 * 768 + 9 * 12 * 12) * 1024.0, row.Amount);
    }
}
