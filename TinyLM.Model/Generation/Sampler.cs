using System.Numerics.Tensors;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Generation;

// V = vocabulary

/// <summary>Chooses tokens at random from logits, reproducibly: equal settings and logits give equal choices on every machine.</summary>
/// <remarks>For one text and one thread at a time. What it chose belongs to the text from then on; penalties count it.</remarks>
public sealed class Sampler
{
    private readonly SamplingChain _chain;
    private readonly Xoshiro256 _random;
    private readonly bool _isGreedy;
    private readonly bool _isPlain; // greedy, and nothing but the logits decides
    private double[] _raw = [];
    private double[] _probabilities = [];
    private int[] _order = [];

    /// <param name="settings">How to choose; its seed starts the sampler's own random numbers.</param>
    /// <exception cref="ArgumentException">The settings break a rule.</exception>
    public Sampler(SamplingSettings settings)
    {
        _chain = new SamplingChain(settings);
        (_random, _isGreedy) = (new Xoshiro256(settings.Seed), settings.Temperature == 0);
        _isPlain = _isGreedy && _chain.Stages.All(stage => stage is SamplingStage.Constraint or SamplingStage.Temperature || !_chain.IsActive(stage));
    }

    /// <summary>What penalties look at; the prompt is read into it by whoever knows it.</summary>
    public TokenHistory History { get; } = new();

    /// <summary>Takes up a text that was written before with equal settings, as if this sampler had chosen its tokens.</summary>
    public void Resume(IEnumerable<int> written)
    {
        ArgumentNullException.ThrowIfNull(written);
        foreach (var id in written)
        {
            History.Write(id);
            if (!_isGreedy) _random.NextDouble();
        }
    }

    /// <summary>Chooses a token.</summary>
    /// <param name="logits">Of the whole vocabulary, (V).</param>
    /// <param name="allowed">What may be chosen; null for everything.</param>
    /// <param name="alternatives">How many of the likeliest tokens to tell of.</param>
    /// <exception cref="ArgumentException">The greatest logit is not a finite number, or nothing is allowed.</exception>
    public GeneratedToken Sample(ReadOnlySpan<float> logits, TokenMask? allowed = null, int alternatives = 0)
    {
        int id;
        var probability = 1.0;
        if (_isPlain && allowed is null && alternatives == 0)
        {
            id = Likeliest(logits); // a large vocabulary is gone through once and not ten times
        }
        else
        {
            if (_probabilities.Length != logits.Length) _probabilities = new double[logits.Length];
            Probabilities(logits, _probabilities, allowed);
            id = _isGreedy ? TensorPrimitives.IndexOfMax<double>(_probabilities) : Draw(_probabilities, _random.NextDouble());
            probability = _probabilities[id];
        }

        History.Write(id);
        if (_raw.Length != logits.Length) _raw = new double[logits.Length];
        var total = LogOfSum(logits, _raw);
        return new GeneratedToken
        {
            Id = id,
            LogProbability = logits[id] - total,
            Probability = probability,
            Alternatives = alternatives > 0 ? TellLikeliest(logits, total, alternatives) : [],
        };
    }

    /// <summary>The probabilities from which <see cref="Sample"/> draws: after all steps of the chain, summing to 1.</summary>
    /// <remarks>
    /// Temperature 0 gives all to the likeliest token, of equals to the lowest id. Top-k keeps every token as likely as the k-th,
    /// so equals may make it more than k. Top-p and typical-p keep the shortest run that reaches p; of equals across its end the
    /// lower ids stay.
    /// </remarks>
    /// <param name="logits">Of the whole vocabulary, (V).</param>
    /// <param name="probabilities">Receives them, (V).</param>
    /// <param name="allowed">What may be chosen; null for everything.</param>
    /// <exception cref="ArgumentException">The greatest logit is not a finite number, or nothing is allowed.</exception>
    public void Probabilities(ReadOnlySpan<float> logits, Span<double> probabilities, TokenMask? allowed = null) =>
        Probabilities(_chain, logits, probabilities, History, allowed, reached: null);

    /// <summary>The probabilities after each step of a chain, from the model's own on: what a picture of the chain shows.</summary>
    /// <param name="chain">The steps.</param>
    /// <param name="logits">Of the whole vocabulary, (V).</param>
    /// <param name="history">What the text has so far.</param>
    /// <param name="allowed">What may be chosen; null for everything.</param>
    /// <param name="reached">Told each step and the probabilities after it, (V), valid during the call; null stands for the model's own.</param>
    public static void Trace(SamplingChain chain, ReadOnlySpan<float> logits, TokenHistory history, TokenMask? allowed, Action<SamplingStage?, double[]> reached)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(reached);
        var values = new double[logits.Length];
        var probabilities = new double[logits.Length];
        TensorPrimitives.ConvertChecked(logits, values);
        Show(null, values);
        Probabilities(chain, logits, values, history, allowed, Show);

        void Show(SamplingStage? stage, ReadOnlySpan<double> now)
        {
            now.CopyTo(probabilities);
            LogitFilters.Softmax(probabilities);
            reached(stage, probabilities);
        }
    }

    private delegate void StageReached(SamplingStage? stage, ReadOnlySpan<double> logits);

    private static void Probabilities(
        SamplingChain chain, ReadOnlySpan<float> logits, Span<double> probabilities, TokenHistory history, TokenMask? allowed, StageReached? reached)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length, logits.Length, nameof(probabilities));
        Likeliest(logits); // so that logits that are no numbers are told
        TensorPrimitives.ConvertChecked(logits, probabilities);
        foreach (var stage in chain.Stages)
        {
            if (!chain.IsActive(stage) || stage == SamplingStage.Constraint && allowed is null) continue;
            chain.Apply(stage, probabilities, history, allowed);
            if (stage == SamplingStage.Constraint && double.IsNegativeInfinity(TensorPrimitives.Max<double>(probabilities)))
                throw new ArgumentException("The constraint allows no token that the model has a finite logit for.", nameof(allowed));
            reached?.Invoke(stage, probabilities);
        }

        LogitFilters.Softmax(probabilities);
    }

    private static int Draw(ReadOnlySpan<double> probabilities, double threshold)
    {
        var last = 0; // so that rounding of the sum can never choose a token of probability 0
        var cumulative = 0.0;
        for (var id = 0; id < probabilities.Length; id++)
        {
            if (probabilities[id] == 0) continue;
            cumulative += probabilities[id];
            if (cumulative > threshold) return id;
            last = id;
        }

        return last;
    }

    private TokenAlternative[] TellLikeliest(ReadOnlySpan<float> logits, double total, int count)
    {
        if (_order.Length != logits.Length) _order = new int[logits.Length];
        TensorPrimitives.ConvertChecked(logits, _raw);
        var order = new LogitOrder(_raw, _order);
        var likeliest = new TokenAlternative[Math.Min(count, logits.Length)];
        for (var rank = 0; rank < likeliest.Length; rank++)
            likeliest[rank] = new TokenAlternative(order[rank], _raw[order[rank]] - total, _probabilities[order[rank]]);
        return likeliest;
    }

    /// <summary>The natural logarithm of the probability that a model gives to a token, before penalties, temperature and filters.</summary>
    /// <param name="logits">Of the whole vocabulary, (V).</param>
    /// <param name="id">The token.</param>
    public static double LogProbability(ReadOnlySpan<float> logits, int id)
    {
        var values = new double[logits.Length];
        return logits[id] - LogOfSum(logits, values);
    }

    /// <summary>ln Σ exp(logit): what a logit is above its log-probability.</summary>
    private static double LogOfSum(ReadOnlySpan<float> logits, Span<double> scratch)
    {
        TensorPrimitives.ConvertChecked(logits, scratch);
        var greatest = TensorPrimitives.Max<double>(scratch);
        TensorPrimitives.Subtract(scratch, greatest, scratch);
        VectorMath.Exp(scratch);
        return greatest + Math.Log(VectorMath.Sum(scratch));
    }

    /// <summary>The token of the greatest logit, of equals the lowest id.</summary>
    /// <exception cref="ArgumentException">It is not a finite number, or there is none.</exception>
    private static int Likeliest(ReadOnlySpan<float> logits)
    {
        var likeliest = TensorPrimitives.IndexOfMax(logits);
        if (likeliest < 0 || !float.IsFinite(logits[likeliest]))
            throw new ArgumentException(
                likeliest < 0 ? "There are no logits to choose from."
                : $"The logit of token {likeliest} is {logits[likeliest]}; the model's weights are damaged or its training diverged.",
                nameof(logits));
        return likeliest;
    }
}
