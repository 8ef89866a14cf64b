using System.Numerics.Tensors;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Generation;

// V = vocabulary

/// <summary>Chooses tokens at random from logits, reproducibly: equal settings and logits give equal choices on every machine.</summary>
/// <remarks>
/// The filters act in the order of Hugging Face's transformers: temperature, then top-k, then top-p on what top-k left.
/// All arithmetic is in double precision. For one thread at a time.
/// </remarks>
public sealed class Sampler
{
    private readonly SamplingSettings _settings;
    private readonly Xoshiro256 _random;
    private double[] _probabilities = [];
    private double[] _logits = [];
    private int[] _order = [];

    /// <param name="settings">How to choose; its seed starts the sampler's own random numbers.</param>
    /// <exception cref="ArgumentException">The settings break a rule.</exception>
    public Sampler(SamplingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Validate() is [_, ..] problems) throw new ArgumentException(string.Join(" ", problems), nameof(settings));
        (_settings, _random) = (settings, new Xoshiro256(settings.Seed));
    }

    /// <summary>Chooses a token.</summary>
    /// <param name="logits">Of the whole vocabulary, (V).</param>
    /// <exception cref="ArgumentException">The greatest logit is not a finite number.</exception>
    public int Sample(ReadOnlySpan<float> logits)
    {
        if (_settings.Temperature == 0) return Likeliest(logits);
        if (_probabilities.Length != logits.Length) _probabilities = new double[logits.Length];
        Probabilities(logits, _probabilities);

        var threshold = _random.NextDouble();
        var id = 0;
        var last = 0; // so that rounding of the sum can never choose a token of probability 0
        for (var cumulative = 0.0; id < _probabilities.Length; id++)
        {
            if (_probabilities[id] == 0) continue;
            cumulative += _probabilities[id];
            if (cumulative > threshold) return id;
            last = id;
        }

        return last;
    }

    /// <summary>The probabilities from which <see cref="Sample"/> draws: after temperature and filters, summing to 1.</summary>
    /// <remarks>
    /// Temperature 0 gives all to the likeliest token, of equals to the lowest id. Top-k keeps every token as likely as the k-th,
    /// so equals may make it more than k. Top-p keeps the shortest run from the likeliest down that reaches p; of equals across
    /// its end the lower ids stay.
    /// </remarks>
    /// <param name="logits">Of the whole vocabulary, (V).</param>
    /// <param name="probabilities">Receives them, (V).</param>
    /// <exception cref="ArgumentException">The greatest logit is not a finite number.</exception>
    public void Probabilities(ReadOnlySpan<float> logits, Span<double> probabilities)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length, logits.Length, nameof(probabilities));
        var likeliest = Likeliest(logits);
        if (_settings.Temperature == 0)
        {
            probabilities.Clear();
            probabilities[likeliest] = 1;
            return;
        }

        // The greatest becomes 0 before the division, so that a small temperature drives the rest to -∞ and nothing to NaN.
        TensorPrimitives.ConvertChecked(logits, probabilities);
        TensorPrimitives.Subtract(probabilities, probabilities[likeliest], probabilities);
        TensorPrimitives.Divide(probabilities, _settings.Temperature, probabilities);
        if (_settings.TopK is { } topK && topK < logits.Length || _settings.TopP is < 1) Filter(probabilities);
        TensorPrimitives.Exp<double>(probabilities, probabilities);
        TensorPrimitives.Divide(probabilities, TensorPrimitives.Sum<double>(probabilities), probabilities);
    }

    /// <summary>The natural logarithm of the probability that a model gives to a token, before temperature and filters.</summary>
    /// <param name="logits">Of the whole vocabulary, (V).</param>
    /// <param name="id">The token.</param>
    public static double LogProbability(ReadOnlySpan<float> logits, int id)
    {
        double greatest = TensorPrimitives.Max(logits);
        var sum = 0.0;
        foreach (var logit in logits) sum += Math.Exp(logit - greatest);
        return logits[id] - greatest - Math.Log(sum);
    }

    /// <summary>Sets to -∞ the logits of the tokens that top-k and top-p drop.</summary>
    private void Filter(Span<double> logits)
    {
        if (_logits.Length != logits.Length) (_logits, _order) = (new double[logits.Length], new int[logits.Length]);
        logits.CopyTo(_logits);
        var order = new LogitOrder(_logits, _order);

        var candidates = logits.Length;
        if (_settings.TopK is { } topK && topK < logits.Length)
        {
            var smallest = _logits[order[topK - 1]];
            for (candidates = topK; candidates < logits.Length && _logits[order[candidates]] == smallest;) candidates++;
        }

        var enough = double.PositiveInfinity;
        if (_settings.TopP is { } topP and < 1)
        {
            var total = 0.0;
            if (candidates == logits.Length)
            {
                TensorPrimitives.Exp<double>(logits, logits);
                total = TensorPrimitives.Sum<double>(logits);
            }
            else
            {
                for (var rank = 0; rank < candidates; rank++) total += Math.Exp(_logits[order[rank]]);
            }

            enough = topP * total;
        }

        logits.Fill(double.NegativeInfinity);
        var mass = 0.0;
        for (var rank = 0; rank < candidates && mass < enough; rank++)
        {
            var id = order[rank];
            logits[id] = _logits[id];
            mass += Math.Exp(_logits[id]);
        }
    }

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
