using TinyLM.Model.Inference;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Inspection;

/// <summary>Measures what each head of a model does on average, so that one finds the interesting ones.</summary>
public static class HeadSurvey
{
    private const int RepeatedTokens = 24;
    private const int RepeatedTexts = 2;

    /// <summary>Measures all heads.</summary>
    /// <param name="model">The model.</param>
    /// <param name="texts">Texts in tokens, each as long as the context at most; one token alone tells nothing.</param>
    /// <param name="cancellationToken">Checked between blocks of the passes.</param>
    /// <returns>Layer by layer, head by head.</returns>
    /// <exception cref="ArgumentException">No text has two tokens or more, or one does not fit the model.</exception>
    public static IReadOnlyList<HeadFigures> Measure(LanguageModel model, IEnumerable<IReadOnlyList<int>> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(texts);
        var config = model.Config;
        var tallies = Tallies();
        foreach (var text in texts.Where(text => text.Count > 1)) Read(text, tallies);
        if (tallies[0].Queries == 0) throw new ArgumentException("There is no text of at least two tokens to measure on.", nameof(texts));

        // Random tokens, each twice: at the second time only an induction head knows what comes.
        var repeats = Tallies();
        var random = new Xoshiro256(1);
        var length = Math.Min(RepeatedTokens, Math.Min(config.ContextLength / 2, config.VocabularySize));
        for (var text = 0; text < RepeatedTexts && length > 1; text++)
        {
            var once = new HashSet<int>();
            while (once.Count < length) once.Add((int)(random.NextDouble() * config.VocabularySize));
            Read([.. once, .. once], repeats);
        }

        return [.. tallies.Select((tally, i) => tally.Figures(i / config.HeadCount, i % config.HeadCount, repeats[i].InductionMean))];

        Tally[] Tallies() => [.. Enumerable.Range(0, config.LayerCount * config.HeadCount).Select(_ => new Tally())];

        void Read(IReadOnlyList<int> text, Tally[] into)
        {
            var trace = ForwardTrace.Run(model, text, cancellationToken: cancellationToken);
            for (var i = 0; i < into.Length; i++) into[i].Add(trace.Attention(i / config.HeadCount, i % config.HeadCount), text);
        }
    }

    private sealed class Tally
    {
        private double _previous, _first, _same, _induction, _entropy, _distance;
        private int _repeated;

        public int Queries { get; private set; }

        public double InductionMean => _repeated == 0 ? double.NaN : _induction / _repeated;

        public void Add(ActivationTable attention, IReadOnlyList<int> text)
        {
            for (var query = 1; query < text.Count; query++)
            {
                var weights = attention[query];
                _previous += weights[query - 1];
                _first += weights[0];
                var isRepeated = false;
                for (var key = 0; key <= query; key++)
                {
                    var weight = (double)weights[key];
                    if (weight > 0) _entropy -= weight * Math.Log(weight);
                    _distance += weight * (query - key);
                    if (key == query || text[key] != text[query]) continue;
                    isRepeated = true;
                    _same += weight;
                    _induction += weights[key + 1]; // key + 1 ≤ query
                }

                if (isRepeated) _repeated++;
                Queries++;
            }
        }

        public HeadFigures Figures(int layer, int head, double inductionOnRepeats) => new()
        {
            Layer = layer,
            Head = head,
            PreviousToken = _previous / Queries,
            FirstToken = _first / Queries,
            SameToken = _repeated == 0 ? double.NaN : _same / _repeated,
            Induction = InductionMean,
            InductionOnRepeats = inductionOnRepeats,
            Entropy = _entropy / Queries,
            Distance = _distance / Queries,
        };
    }
}
