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
        Assert.NotSame(first, await ReadAsync("abc", new BranchAblation { Layer = 0, Attention = true }));
        Assert.Same(first, await ReadAsync("abc"));
    }

    [Fact]
    public async Task MeasureHeads_OfAModel_MeasuresEachOnTheTextsOfItsCorpus()
    {
        var figures = await _inspector.MeasureHeadsAsync(s_model, TestContext.Current.CancellationToken);

        Assert.Equal([(0, 0), (0, 1), (1, 0), (1, 1)], figures.Select(one => (one.Layer, one.Head)));
        Assert.All(figures, one => Assert.InRange(one.Entropy, 0, Math.Log(96)));
        Assert.Same(figures, await _inspector.MeasureHeadsAsync(s_model, TestContext.Current.CancellationToken));
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

    private Task<PromptReading> ReadAsync(string prompt, params Intervention[] interventions) => _inspector.ReadAsync(s_model, prompt, interventions, TestContext.Current.CancellationToken);
}
