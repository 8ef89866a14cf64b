using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Model.Training;

public class TrainingConfigTests
{
    private static readonly TrainingConfig s_config = new() { BatchSize = 8, SequenceLength = 32 };

    [Theory]
    [InlineData(0, 3, 3)]
    [InlineData(1024, 1, 4)]
    [InlineData(256, 1, 1)]
    public void MicroSteps_ByBudgetOrAccumulation_GiveTheTokensOfAStep(long budget, int accumulation, int expected)
    {
        var config = s_config with { TokenBudget = budget, GradientAccumulation = accumulation };

        Assert.Empty(config.Validate(contextLength: 64));
        Assert.Equal(expected, config.MicroSteps(64));
        Assert.Equal(8 * 32 * expected, config.TokensPerStep(64));
    }

    [Fact]
    public void Validate_BudgetThatBatchesDoNotFill_NamesOneThatTheyDo()
    {
        var problem = Assert.Single((s_config with { TokenBudget = 1000 }).Validate(64));

        Assert.Contains("a batch has 256 tokens", problem, StringComparison.Ordinal);
        Assert.Contains("for instance 768", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_BudgetBesideAccumulation_IsRefused() =>
        Assert.Contains("give one of them", Assert.Single((s_config with { TokenBudget = 1024, GradientAccumulation = 2 }).Validate(64)), StringComparison.Ordinal);
}
