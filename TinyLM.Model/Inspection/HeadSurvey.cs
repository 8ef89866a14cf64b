using TinyLM.Model.Inference;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Inspection;

/// <summary>Measures what each head of a model does on average, so that one finds the interesting ones.</summary>
/// <param name="model">The model.</param>
public sealed class HeadSurvey(LanguageModel model)
{
    private const int RepeatedTokens = 24;

    private readonly Tally[] _tallies = Tallies(model);
    private readonly Tally[] _repeats = Tallies(model);
    private readonly Xoshiro256 _random = new(1);

    /// <summary>Takes a text into the means.</summary>
    /// <param name="text">Tokens, at most a context; one alone tells nothing and is passed over.</param>
    /// <param name="cancellationToken">Checked between blocks of the pass.</param>
    /// <exception cref="ArgumentException">The text does not fit the model.</exception>
    public void Read(IReadOnlyList<int> text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Count > 1) Read(text, _tallies, cancellationToken);
    }

    /// <summary>Takes in random tokens that are read twice: at the second time only an induction head knows what comes.</summary>
    /// <param name="cancellationToken">Checked between blocks of the pass.</param>
    public void ReadRepeats(CancellationToken cancellationToken = default)
    {
        var length = Math.Min(RepeatedTokens, Math.Min(model.Config.ContextLength / 2, model.Config.VocabularySize));
        if (length < 2) return;
        var once = new HashSet<int>();
        while (once.Count < length) once.Add((int)(_random.NextDouble() * model.Config.VocabularySize));
        Read([.. once, .. once], _repeats, cancellationToken);
    }

    /// <summary>The means over all that was read, layer by layer, head by head.</summary>
    /// <exception cref="InvalidOperationException">No text of at least two tokens was read.</exception>
    public IReadOnlyList<HeadFigures> Figures()
    {
        if (_tallies[0].Queries == 0) throw new InvalidOperationException("There is no text of at least two tokens to measure on.");
        var heads = model.Config.HeadCount;
        return [.. _tallies.Select((tally, i) => tally.Figures(i / heads, i % heads, _repeats[i].InductionMean))];
    }

    private static Tally[] Tallies(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. Enumerable.Range(0, model.Config.LayerCount * model.Config.HeadCount).Select(_ => new Tally())];
    }

    private void Read(IReadOnlyList<int> text, Tally[] into, CancellationToken cancellationToken)
    {
        var heads = model.Config.HeadCount;
        var trace = ForwardTrace.Run(model, text, cancellationToken: cancellationToken);
        for (var i = 0; i < into.Length; i++) into[i].Add(trace.Attention(i / heads, i % heads), text);
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
