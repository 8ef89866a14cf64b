using TinyLM.Lab.Hosting;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Models;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Tests.Lab.Inspection;

public sealed class ModelInspectorTests : IDisposable
{
    private static readonly ModelReference s_model = ModelReference.OfRun("r");
    private readonly FakeModelHost _models = new();
    private readonly ModelInspector _inspector;

    public ModelInspectorTests() => _inspector = new ModelInspector(_models, new SampleTexts(new LabDirectory("nowhere"), new FakeRunService()), new ModelHostOptions());

    public void Dispose() => _inspector.Dispose();

    [Fact]
    public async Task Read_APrompt_BeginsWithTheTokenOfADocument()
    {
        var reading = await ReadAsync("a b");

        Assert.Equal([TokenText.EndOfText, "a", "·", "b"], reading.Tokens.Select(token => token.Text));
        Assert.Equal(500, reading.Step);
        Assert.Null(reading.Notice);
        Assert.Equal(4, (await reading.ComputeAsync(trace => trace.Tokens, TestContext.Current.CancellationToken)).Count);
    }

    [Fact]
    public async Task Read_TheSameAgain_IsNotComputedAgain()
    {
        var first = await ReadAsync("abc");

        Assert.Same(first, await ReadAsync("abc"));
        Assert.NotSame(first, await ReadAsync("abd"));
        Assert.Same(first, await ReadAsync("abc"));
    }

    [Fact]
    public async Task With_Changes_IsAnotherReadingOfTheSamePrompt()
    {
        var plain = await ReadAsync("abc");
        var before = await LogitsAsync(plain);

        var changed = await plain.WithAsync([new BranchAblation { Layer = 0, Attention = true }], TestContext.Current.CancellationToken);

        Assert.Equal((plain.Tokens, plain.Version, plain.Step), (changed.Tokens, changed.Version, changed.Step));
        Assert.NotEqual(before, await LogitsAsync(changed));
        Assert.Equal(before, await LogitsAsync(plain));
        Assert.Same(plain, await plain.WithAsync([], TestContext.Current.CancellationToken));

        static Task<float[]> LogitsAsync(PromptReading reading) => reading.ComputeAsync(trace => trace.Logits(2, 3, 1).Values, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Compute_OnTwoReadings_SeesBothInTheirOrder()
    {
        var (first, second) = (await ReadAsync("ab"), await ReadAsync("abcd"));

        Assert.Equal((3, 5), await first.ComputeAsync(second, (one, other) => (one.Tokens.Count, other.Tokens.Count), TestContext.Current.CancellationToken));
        Assert.Equal((5, 3), await second.ComputeAsync(first, (one, other) => (one.Tokens.Count, other.Tokens.Count), TestContext.Current.CancellationToken));
        Assert.Equal((3, 3), await first.ComputeAsync(first, (one, other) => (one.Tokens.Count, other.Tokens.Count), TestContext.Current.CancellationToken));
        Assert.False(first.IsComputing);
    }

    [Fact]
    public async Task MeasureMeans_OfAModel_AreMeasuredOnce()
    {
        var means = await _inspector.MeasureMeansAsync(s_model, TestContext.Current.CancellationToken);

        Assert.Equal((8, 16, 16), (means.Head(1, 1).Length, means.Attention(0).Length, means.FeedForward(1).Length));
        Assert.Same(means, await _inspector.MeasureMeansAsync(s_model, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task MeasureHeads_OfAModel_MeasuresEachOnTheTextsOfItsCorpus()
    {
        var figures = await _inspector.MeasureHeadsAsync(s_model, SampleText.Learned, TestContext.Current.CancellationToken);
        var validation = await _inspector.MeasureHeadsAsync(s_model, SampleText.Validation, TestContext.Current.CancellationToken);

        Assert.Equal([(0, 0), (0, 1), (1, 0), (1, 1)], figures.Select(one => (one.Layer, one.Head)));
        Assert.All(figures, one => Assert.InRange(one.Entropy, 0, Math.Log(96)));
        Assert.Same(figures, await _inspector.MeasureHeadsAsync(s_model, SampleText.Learned, TestContext.Current.CancellationToken));
        Assert.NotEqual(figures, validation);
        Assert.Equal(figures.Select(one => one.InductionOnRepeats), validation.Select(one => one.InductionOnRepeats)); // the same random tokens
    }

    /// <summary>Against the trace of the whole text, which the views of Inside read; longer than a block of logits.</summary>
    [Fact]
    public async Task MeasureLosses_OfATextLongerThanTheContext_IsTheLossOfEachTokenThatFits()
    {
        int[] tokens = [256, .. Enumerable.Range(0, 300).Select(i => i * 7 % 256)];

        var losses = await _inspector.MeasureLossesAsync(s_model, tokens, TestContext.Current.CancellationToken);

        using var loan = await _models.BorrowAsync(s_model, TestContext.Current.CancellationToken);
        var context = _models.Config.ContextLength;
        var logits = loan.Model.CreateSession().AppendAll(tokens.AsSpan(0, context));
        var expected = Enumerable.Range(0, context).Select(i => Predictions.Of(logits.AsSpan(i * 257, 257), tokens[i + 1]).Loss).ToList();
        Assert.Equal((500, context + 1, context), (losses.Step, losses.Tokens.Count, losses.Figures.Count));
        Assert.All(expected.Zip(losses.Figures), pair => Assert.Equal(pair.First, pair.Second.Loss, 1e-4));
        Assert.Equal(expected.Average(), losses.Mean, 1e-4);
    }

    private Task<PromptReading> ReadAsync(string prompt) => _inspector.ReadAsync(s_model, prompt, TestContext.Current.CancellationToken);
}
