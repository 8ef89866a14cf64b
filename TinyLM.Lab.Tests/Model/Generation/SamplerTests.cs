using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Generation;

namespace TinyLM.Lab.Tests.Model.Generation;

public class SamplerTests
{
    /// <summary>What the reference distributions, computed with 60 digits, ask of double precision.</summary>
    private const double Tolerance = 1e-12;

    private static readonly string[] s_filterOrder = ["temperature", "top_k", "top_p"];

    private static readonly Gen<SamplingSettings> s_settings =
        from temperature in Gen.Choose(1, 40)
        from topK in Gen.Choose(0, 30)
        from topP in Gen.Choose(1, 120)
        select new SamplingSettings
        {
            Temperature = temperature / 10.0,
            TopK = topK == 0 ? null : topK,
            TopP = topP > 100 ? null : topP / 100.0,
        };

    [Fact]
    public void Probabilities_OfTheReferenceCases_EqualThem()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "sampling", "sampling_distributions.json")));
        var vectors = golden.RootElement.GetProperty("vectors");
        var compared = 0;
        foreach (var entry in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            if (SettingsOf(entry.GetProperty("chain")) is not { } settings) continue;
            float[] logits = [.. vectors.GetProperty(entry.GetProperty("vector").GetString()!).EnumerateArray().Select(logit => logit.GetSingle())];
            double[] expected = [.. entry.GetProperty("probs").EnumerateArray().Select(probability => probability.GetDouble())];
            var actual = new double[logits.Length];

            new Sampler(settings).Probabilities(logits, actual);

            for (var id = 0; id < actual.Length; id++)
            {
                Assert.True(
                    Math.Abs(expected[id] - actual[id]) <= Tolerance && expected[id] == 0 == (actual[id] == 0),
                    $"{entry.GetProperty("id")}, token {id}: expected {expected[id]}, found {actual[id]}");
            }

            compared++;
        }

        Assert.Equal(160, compared); // all whose chain has no other filter and keeps the order
    }

    [Property(MaxTest = 300)]
    public Property Probabilities_AnySettings_SumToOneAndKeepTheOrderOfLogits() =>
        Prop.ForAll(s_settings.ToArbitrary(), Logits().ToArbitrary(), (settings, logits) =>
        {
            var probabilities = new double[logits.Length];

            new Sampler(settings).Probabilities(logits, probabilities);

            Assert.Equal(1, probabilities.Sum(), Tolerance);
            for (var a = 0; a < logits.Length; a++)
                for (var b = 0; b < logits.Length; b++)
                    if (logits[a] > logits[b]) Assert.True(probabilities[a] >= probabilities[b]);
        });

    [Property(MaxTest = 300)]
    public Property Probabilities_WithFilters_KeepTheFewestThatTheyMay() =>
        Prop.ForAll(s_settings.ToArbitrary(), Logits().ToArbitrary(), (settings, logits) =>
        {
            var all = new double[logits.Length];
            var filtered = new double[logits.Length];
            new Sampler(settings with { TopK = null, TopP = null }).Probabilities(logits, all);

            new Sampler(settings).Probabilities(logits, filtered);

            var order = Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id]).ThenBy(id => id).ToArray();
            var candidates = settings.TopK is { } k && k < logits.Length
                ? order.TakeWhile(id => logits[id] >= logits[order[k - 1]]).ToArray()
                : order;
            var kept = candidates.Count(id => filtered[id] > 0);
            Assert.All(order.Skip(kept), id => Assert.Equal(0, filtered[id]));
            var mass = candidates.Sum(id => all[id]);
            var topP = settings.TopP ?? 1;
            Assert.True(order.Take(kept).Sum(id => all[id]) / mass >= topP - Tolerance);
            if (topP < 1) Assert.True(order.Take(kept - 1).Sum(id => all[id]) / mass < topP + Tolerance);
            else Assert.Equal(candidates.Length, kept);
        });

    /// <summary>Pearson's χ²: for n degrees of freedom its mean is n and its deviation √(2n); five of these are never reached by chance.</summary>
    [Theory]
    [InlineData(1.0, null, null)]
    [InlineData(0.7, null, null)]
    [InlineData(2.0, 12, null)]
    [InlineData(1.3, null, 0.9)]
    [InlineData(1.3, 20, 0.8)]
    public void Sample_ManyTimes_FollowsTheProbabilities(double temperature, int? topK, double? topP)
    {
        const int Draws = 50_000;
        var logits = Enumerable.Range(0, 30).Select(id => (float)(2 * Math.Sin(id * 1.7))).ToArray();
        var sampler = new Sampler(new SamplingSettings { Temperature = temperature, TopK = topK, TopP = topP, Seed = 11 });
        var probabilities = new double[logits.Length];
        sampler.Probabilities(logits, probabilities);
        var counts = new int[logits.Length];

        for (var draw = 0; draw < Draws; draw++) counts[sampler.Sample(logits)]++;

        var possible = Enumerable.Range(0, logits.Length).Where(id => probabilities[id] > 0).ToArray();
        Assert.Equal(Draws, possible.Sum(id => counts[id]));
        var chiSquare = possible.Sum(id => Math.Pow(counts[id] - Draws * probabilities[id], 2) / (Draws * probabilities[id]));
        var freedom = possible.Length - 1;
        Assert.InRange(chiSquare, freedom - 5 * Math.Sqrt(2 * freedom), freedom + 5 * Math.Sqrt(2 * freedom));
    }

    [Fact]
    public void Sample_TemperatureZero_TakesTheLikeliestAndOfEqualsTheFirst()
    {
        var sampler = new Sampler(new SamplingSettings { Temperature = 0 });
        var tied = new float[300];
        (tied[37], tied[38], tied[299]) = (2, 2, 2);
        var probabilities = new double[300];

        sampler.Probabilities(tied, probabilities);

        Assert.Equal(37, sampler.Sample(tied));
        Assert.Equal(1, probabilities[37]);
        Assert.Equal(1, probabilities.Sum());
    }

    [Fact]
    public void Sample_TinyTemperature_NeitherOverflowsNorDividesByNothing()
    {
        var sampler = new Sampler(new SamplingSettings { Temperature = double.Epsilon });

        Assert.Equal(1, sampler.Sample([float.MinValue, float.MaxValue, 0]));
        Assert.Equal(2, sampler.Sample([float.NegativeInfinity, 1, 1.0001f]));
    }

    [Fact]
    public void Sample_EqualSeeds_GivesEqualChoicesAndOtherSeedsOthers()
    {
        var logits = Enumerable.Range(0, 100).Select(id => (float)Math.Cos(id)).ToArray();

        Assert.Equal(Choices(seed: 3), Choices(seed: 3));
        Assert.NotEqual(Choices(seed: 3), Choices(seed: 4));

        int[] Choices(ulong seed)
        {
            var sampler = new Sampler(new SamplingSettings { Temperature = 1, Seed = seed });
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Sample(logits))];
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Sample_LogitsThatAreNoNumbers_SaysWhichTokenAndWhy(float broken)
    {
        foreach (var temperature in (double[])[0, 1])
        {
            var sampler = new Sampler(new SamplingSettings { Temperature = temperature });

            var error = Assert.Throws<ArgumentException>(() => sampler.Sample([1, 2, broken, 3]));

            Assert.Contains("token 2", error.Message, StringComparison.Ordinal);
            Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Constructor_UnsoundSettings_ThrowsTheWordsOfTheForm()
    {
        var settings = new SamplingSettings { Temperature = -1, TopK = 0 };

        var error = Assert.Throws<ArgumentException>(() => new Sampler(settings));

        Assert.All(settings.Validate(), problem => Assert.Contains(problem, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void LogProbability_OfLargeLogits_IsExact()
    {
        float[] logits = [1000, 999, 998, -1000];

        var actual = Enumerable.Range(0, 4).Select(id => Sampler.LogProbability(logits, id)).ToArray();

        var total = Math.Log(1 + Math.Exp(-1) + Math.Exp(-2));
        Assert.Equal(-total, actual[0], Tolerance);
        Assert.Equal(-1 - total, actual[1], Tolerance);
        Assert.Equal(-2 - total, actual[2], Tolerance);
        Assert.Equal(-2000 - total, actual[3], Tolerance);
    }

    /// <summary>Logits with many ties: small whole numbers and halves.</summary>
    private static Gen<float[]> Logits() =>
        Gen.Choose(-8, 8).Select(half => half / 2f).NonEmptyListOf().Select(list => list.ToArray());

    /// <summary>The settings of a chain of filters, or null where it has others or another order.</summary>
    private static SamplingSettings? SettingsOf(JsonElement chain)
    {
        var settings = new SamplingSettings { Temperature = 1 };
        var stage = -1;
        foreach (var filter in chain.EnumerateArray())
        {
            var name = filter.GetProperty("op").GetString()!;
            if (Array.IndexOf(s_filterOrder, name) is var next && next <= stage) return null;
            stage = next;
            var argument = filter.GetProperty("arg");
            settings = name switch
            {
                "temperature" => settings with { Temperature = argument.GetDouble() },
                "top_k" => settings with { TopK = argument.GetInt32() },
                _ => settings with { TopP = argument.GetDouble() },
            };
        }

        return settings;
    }
}
