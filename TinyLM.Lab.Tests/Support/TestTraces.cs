using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Readings of random models, and how near their numbers are to those of the formulas.</summary>
internal static class TestTraces
{
    /// <summary>fp32 against double precision, relative to the greatest number of a table.</summary>
    private const double Tolerance = 1e-4;

    public static ForwardTrace Trace(ModelConfig config, out int[] tokens)
    {
        tokens = Tokens(config, config.ContextLength);
        return Run(LanguageModel.Create(TestWeights.Random(config, seed: 1)), tokens);
    }

    public static ForwardTrace Run(LanguageModel model, int[] tokens, params Intervention[] interventions) =>
        ForwardTrace.Run(model, tokens, interventions, TestContext.Current.CancellationToken);

    public static int[] Tokens(ModelConfig config, int count)
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(config.VocabularySize))];
    }

    public static void AssertClose(double[][] expected, ActivationTable actual, string what)
    {
        Assert.Equal((expected.Length, expected[0].Length), (actual.Rows, actual.Columns));
        var greatest = expected.Max(row => row.Max(Math.Abs));
        for (var r = 0; r < expected.Length; r++)
            for (var c = 0; c < expected[r].Length; c++)
                if (!(Math.Abs(expected[r][c] - actual[r][c]) <= Tolerance * greatest)) Assert.Fail($"{what}: ({r}, {c}) is {actual[r][c]}; expected {expected[r][c]}, of at most {greatest}.");
    }
}
