using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Tests.Model.Inspection;

public class HeadSurveyTests
{
    private static readonly ModelConfig s_config = new() { VocabularySize = 20, ContextLength = 30, EmbeddingSize = 12, LayerCount = 2, HeadCount = 3 };

    [Fact]
    public void Figures_OfSomeTexts_AreTheMeansOfTheAttentionOfTheFormulas()
    {
        var weights = TestWeights.Random(s_config, seed: 4);
        var random = new Random(5);
        int[][] texts = [Text(30), Text(17), Text(1)];
        var attention = new Dictionary<(int Text, int Layer, int Head), double[][]>();
        for (var text = 0; text < 2; text++)
        {
            var index = text;
            new Gpt2Reference(weights) { AttentionSeen = (layer, head, rows) => attention[(index, layer, head)] = rows }.Logits(texts[text]);
        }

        var survey = new HeadSurvey(LanguageModel.Create(weights));
        foreach (var text in texts) survey.Read(text, TestContext.Current.CancellationToken);
        survey.ReadRepeats(TestContext.Current.CancellationToken);
        var figures = survey.Figures();

        Assert.Equal(6, figures.Count);
        foreach (var one in figures)
        {
            Assert.Equal(Mean(one, (row, t, _) => row[t - 1]), one.PreviousToken, 1e-5);
            Assert.Equal(Mean(one, (row, _, _) => row[0]), one.FirstToken, 1e-5);
            Assert.Equal(Mean(one, (row, _, _) => -row.Sum(p => p * Math.Log(p))), one.Entropy, 1e-4);
            Assert.Equal(Mean(one, (row, t, _) => row.Select((p, key) => p * (t - key)).Sum()), one.Distance, 1e-4);
            Assert.Equal(Mean(one, (row, t, text) => Earlier(text, t).Sum(key => row[key]), (t, text) => Earlier(text, t).Any()), one.SameToken, 1e-5);
            Assert.Equal(Mean(one, (row, t, text) => Earlier(text, t).Sum(key => row[key + 1]), (t, text) => Earlier(text, t).Any()), one.Induction, 1e-5);
            Assert.InRange(one.InductionOnRepeats, 0, 1);
        }

        int[] Text(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(20))];

        IEnumerable<int> Earlier(int text, int t) => Enumerable.Range(0, t).Where(key => texts[text][key] == texts[text][t]);

        double Mean(HeadFigures one, Func<double[], int, int, double> of, Func<int, int, bool>? counts = null) =>
            (from text in Enumerable.Range(0, 2)
             from t in Enumerable.Range(1, texts[text].Length - 1)
             where counts?.Invoke(t, text) != false
             select of(attention[(text, one.Layer, one.Head)][t], t, text)).Average();
    }

    [Fact]
    public void Figures_WithoutText_AreRefused()
    {
        var survey = new HeadSurvey(LanguageModel.Create(TestWeights.Random(s_config, 1)));
        survey.Read([1], TestContext.Current.CancellationToken);

        Assert.Throws<InvalidOperationException>(() => survey.Figures());
    }
}
