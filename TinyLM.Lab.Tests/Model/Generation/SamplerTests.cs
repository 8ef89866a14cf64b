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

    private static readonly Dictionary<string, SamplingStage> s_stages = new()
    {
        ["repetition_penalty"] = SamplingStage.Penalties,
        ["presence_frequency"] = SamplingStage.Penalties,
        ["temperature"] = SamplingStage.Temperature,
        ["top_k"] = SamplingStage.TopK,
        ["top_p"] = SamplingStage.TopP,
        ["min_p"] = SamplingStage.MinP,
        ["typical_p"] = SamplingStage.TypicalP,
    };

    private static readonly Gen<SamplingSettings> s_settings =
        from temperature in Gen.Choose(1, 40)
        from topK in Gen.Choose(0, 30)
        from topP in Gen.Choose(1, 120)
        from minP in Gen.Choose(-30, 100)
        from typicalP in Gen.Choose(1, 150)
        from order in Gen.Elements(SamplingOrder.TemperatureFirst, SamplingOrder.TemperatureLast)
        select new SamplingSettings
        {
            Temperature = temperature / 10.0,
            TopK = topK == 0 ? null : topK,
            TopP = topP > 100 ? null : topP / 100.0,
            MinP = minP < 0 ? null : minP / 100.0,
            TypicalP = typicalP > 100 ? null : typicalP / 100.0,
            Order = order,
        };

    [Fact]
    public void Probabilities_OfTheReferenceCases_EqualThem()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "sampling", "sampling_distributions.json")));
        var vectors = golden.RootElement.GetProperty("vectors");
        var compared = 0;
        foreach (var entry in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            var settings = SettingsOf(entry.GetProperty("chain"));
            float[] logits = [.. vectors.GetProperty(entry.GetProperty("vector").GetString()!).EnumerateArray().Select(logit => logit.GetSingle())];
            double[] expected = [.. entry.GetProperty("probs").EnumerateArray().Select(probability => probability.GetDouble())];
            var actual = new double[logits.Length];

            var sampler = new Sampler(settings);
            if (entry.TryGetProperty("context_ids", out var context))
            {
                // The reference's penalties look at one text; ours tell its prompt from what was written.
                int[] text = [.. context.EnumerateArray().Select(id => id.GetInt32())];
                if (settings.RepetitionPenalty != 1) sampler.History.Read(text);
                else foreach (var id in text) sampler.History.Write(id);
            }

            sampler.Probabilities(logits, actual);

            for (var id = 0; id < actual.Length; id++)
            {
                Assert.True(
                    Math.Abs(expected[id] - actual[id]) <= Tolerance && expected[id] == 0 == (actual[id] == 0),
                    $"{entry.GetProperty("id")}, token {id}: expected {expected[id]}, found {actual[id]}");
            }

            compared++;
        }

        Assert.Equal(280, compared);
    }

    [Property(MaxTest = 300)]
    public Property Probabilities_AnySettingsWithoutTypicalP_SumToOneAndKeepTheOrderOfLogits() =>
        Prop.ForAll(s_settings.ToArbitrary(), Logits().ToArbitrary(), (settings, logits) =>
        {
            var probabilities = new double[logits.Length];

            new Sampler(settings with { TypicalP = null }).Probabilities(logits, probabilities);

            Assert.Equal(1, probabilities.Sum(), Tolerance);
            for (var a = 0; a < logits.Length; a++)
                for (var b = 0; b < logits.Length; b++)
                    if (logits[a] > logits[b]) Assert.True(probabilities[a] >= probabilities[b]);
        });

    [Property(MaxTest = 300)]
    public Property Probabilities_WithFilters_KeepTheFewestThatTheyMay() =>
        Prop.ForAll(s_settings.ToArbitrary(), Logits().ToArbitrary(), (drawn, logits) =>
        {
            var settings = drawn with { MinP = null, TypicalP = null, Order = SamplingOrder.TemperatureFirst };
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
    [InlineData(1.0, null, null, null, null)]
    [InlineData(0.7, null, null, null, null)]
    [InlineData(2.0, 12, null, null, null)]
    [InlineData(1.3, null, 0.9, null, null)]
    [InlineData(1.3, 20, 0.8, 0.1, null)]
    [InlineData(1.5, null, null, null, 0.7)]
    public void Sample_100000Times_FollowsTheProbabilities(double temperature, int? topK, double? topP, double? minP, double? typicalP)
    {
        const int Draws = 100_000;
        var logits = Enumerable.Range(0, 30).Select(id => (float)(2 * Math.Sin(id * 1.7))).ToArray();
        var sampler = new Sampler(new SamplingSettings { Temperature = temperature, TopK = topK, TopP = topP, MinP = minP, TypicalP = typicalP, Seed = 11 });
        var probabilities = new double[logits.Length];
        sampler.Probabilities(logits, probabilities);
        var counts = new int[logits.Length];

        for (var draw = 0; draw < Draws; draw++) counts[sampler.Sample(logits).Id]++;

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

        Assert.Equal(37, sampler.Sample(tied).Id);
        Assert.Equal(1, probabilities[37]);
        Assert.Equal(1, probabilities.Sum());
    }

    [Fact]
    public void Sample_TinyTemperature_NeitherOverflowsNorDividesByNothing()
    {
        var sampler = new Sampler(new SamplingSettings { Temperature = double.Epsilon });

        Assert.Equal(1, sampler.Sample([float.MinValue, float.MaxValue, 0]).Id);
        Assert.Equal(2, sampler.Sample([float.NegativeInfinity, 1, 1.0001f]).Id);
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
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Sample(logits).Id)];
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
    public void Sample_WithAlternatives_TellsWhatTheModelThoughtAndWhatTheFiltersLeft()
    {
        float[] logits = [0, 3, 1, 2];
        var sampler = new Sampler(new SamplingSettings { Temperature = 0.5, TopK = 2 });

        var token = sampler.Sample(logits, alternatives: 3);

        Assert.Equal([1, 3, 2], token.Alternatives.Select(one => one.Id));
        Assert.All(token.Alternatives, one => Assert.Equal(Sampler.LogProbability(logits, one.Id), one.LogProbability, Tolerance));
        var likeliest = 1 / (1 + Math.Exp(-2)); // of two whose logits are 1/0.5 apart
        Assert.Equal([likeliest, 1 - likeliest, 0], token.Alternatives.Select(one => one.Probability), (a, b) => Math.Abs(a - b) < Tolerance);
        Assert.Equal(token.Alternatives.Single(one => one.Id == token.Id).Probability, token.Probability);
    }

    [Fact]
    public void Sample_WithAMask_ChoosesOnlyWhatIsAllowed()
    {
        var logits = Enumerable.Range(0, 70).Select(id => (float)Math.Sin(id)).ToArray();
        var allowed = new TokenMask(70);
        foreach (var id in (int[])[3, 64, 69]) allowed.Add(id);
        var sampler = new Sampler(new SamplingSettings { Temperature = 5, TopK = 2 });

        var ids = Enumerable.Range(0, 200).Select(_ => sampler.Sample(logits, allowed).Id).Distinct().Order();

        Assert.Equal([3, 64], ids); // the two likeliest of the three
        Assert.Contains("allows no token", Assert.Throws<ArgumentException>(() => sampler.Sample(logits, new TokenMask(70))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trace_OfAChain_GoesFromTheModelsDistributionToTheDrawnOne()
    {
        float[] logits = [0, 3, 1, 2];
        var settings = new SamplingSettings { Temperature = 2, TopK = 3, MinP = 0.7, RepetitionPenalty = 1.3 };
        var sampler = new Sampler(settings);
        sampler.History.Read([1]);
        var steps = new List<(SamplingStage? Stage, double[] Probabilities)>();

        Sampler.Trace(new SamplingChain(settings), logits, sampler.History, allowed: null, (stage, probabilities) => steps.Add((stage, [.. probabilities])));

        Assert.Equal([null, SamplingStage.Penalties, SamplingStage.Temperature, SamplingStage.TopK, SamplingStage.MinP], steps.Select(step => step.Stage));
        Assert.Equal([4, 4, 4, 3, 2], steps.Select(step => step.Probabilities.Count(p => p > 0)));
        Assert.Equal(Enumerable.Range(0, 4).Select(id => Math.Exp(Sampler.LogProbability(logits, id))), steps[0].Probabilities, (a, b) => Math.Abs(a - b) < Tolerance);
        var drawn = new double[4];
        sampler.Probabilities(logits, drawn);
        Assert.Equal(drawn, steps[^1].Probabilities);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(-0.1)]
    [InlineData(1e300)]
    public void Validate_NumbersThatMakeNoSense_AreEachToldInWords(double number)
    {
        var settings = new SamplingSettings
        {
            Temperature = number,
            TopP = number,
            MinP = number,
            TypicalP = number,
            RepetitionPenalty = number,
            FrequencyPenalty = number < 0 ? -11 : number,
            PresencePenalty = number < 0 ? -11 : number,
            TopK = 0,
        };

        Assert.Equal(8, settings.Validate().Count);
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

    /// <summary>The settings of a chain of filters: one of the two orders has it.</summary>
    private static SamplingSettings SettingsOf(JsonElement chain)
    {
        var settings = new SamplingSettings { Temperature = 1 };
        foreach (var filter in chain.EnumerateArray())
        {
            var argument = filter.GetProperty("arg");
            settings = filter.GetProperty("op").GetString()! switch
            {
                "temperature" => settings with { Temperature = argument.GetDouble() },
                "top_k" => settings with { TopK = argument.GetInt32() },
                "top_p" => settings with { TopP = argument.GetDouble() },
                "min_p" => settings with { MinP = argument.GetDouble() },
                "typical_p" => settings with { TypicalP = argument.GetDouble() },
                "repetition_penalty" => settings with { RepetitionPenalty = argument.GetDouble() },
                "presence_frequency" => settings with { PresencePenalty = argument[0].GetDouble(), FrequencyPenalty = argument[1].GetDouble() },
                var other => throw new InvalidDataException($"The reference data have a filter {other} that this test does not know."),
            };
        }

        SamplingStage[] steps = [.. chain.EnumerateArray().Select(filter => s_stages[filter.GetProperty("op").GetString()!])];
        return new[] { settings, settings with { Order = SamplingOrder.TemperatureLast } }
            .First(one => new SamplingChain(one).Stages.Where(steps.Contains).SequenceEqual(steps));
    }
}
