using TinyLM.Lab.Runs.Cleaning;

namespace TinyLM.Lab.Tests.Lab.Runs.Cleaning;

public class CheckpointPolicyTests
{
    private static readonly int[] s_steps = [100, 200, 300, 400, 500, 600, 700];

    private static readonly (int, double)[] s_losses = [(90, 4), (190, 1.5), (290, 2), (390, double.NaN), (490, 2.5), (590, 2.6), (690, 2.7)];

    [Theory]
    [InlineData(3, 0, false, "100 200 300 400")]
    [InlineData(1, 0, false, "100 200 300 400 500 600")]
    [InlineData(1, 0, true, "100 300 400 500 600")] // 200 is the best by the measurement before it
    [InlineData(1, 3, false, "200 300 500 600")]
    [InlineData(9, 0, false, "")]
    [InlineData(0, 0, false, "100 200 300 400 500 600")] // the newest stays even where the rule is broken
    public void Removed_ByTheRules_AreTheOthers(int last, int every, bool best, string expected)
    {
        var policy = new CheckpointPolicy { KeepLast = last, KeepEvery = every, KeepBest = best };

        Assert.Equal(expected, string.Join(' ', policy.Removed(s_steps, s_losses)));
    }

    [Fact]
    public void Removed_WithoutAnyLoss_KeepsByTheOtherRules() => Assert.Equal([100, 200, 300, 400], new CheckpointPolicy().Removed(s_steps, []));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, -1)]
    public void Policy_ThatWouldLoseTheLast_IsRefused(int last, int every) => Assert.Single(new CheckpointPolicy { KeepLast = last, KeepEvery = every }.Validate());
}
