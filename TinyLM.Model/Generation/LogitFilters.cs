using System.Numerics.Tensors;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Generation;

// V = vocabulary

/// <summary>What the settings do to logits, each step in place: a token that is dropped has the logit -∞ from then on.</summary>
/// <remarks>For one thread at a time: it keeps its scratch.</remarks>
internal sealed class LogitFilters
{
    private double[] _values = [];
    private int[] _order = [];

    /// <summary>Repetition penalty on what the whole text has, then frequency and presence penalties on what was written.</summary>
    public static void Penalise(Span<double> logits, TokenHistory history, double repetition, double frequency, double presence)
    {
        foreach (var (id, (_, written)) in history.Counts)
        {
            if ((uint)id >= (uint)logits.Length) continue;
            ref var logit = ref logits[id];
            logit = logit < 0 ? logit * repetition : logit / repetition;
            if (written > 0) logit -= presence + frequency * written;
        }
    }

    /// <summary>Divides by a temperature above 0. The greatest becomes 0 first, so that a small temperature drives the rest to -∞ and nothing to NaN.</summary>
    public static void Heat(Span<double> logits, double temperature)
    {
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max<double>(logits), logits);
        TensorPrimitives.Divide(logits, temperature, logits);
    }

    /// <summary>Keeps every token as likely as the k-th, so equals may make it more than k.</summary>
    public void TopK(Span<double> logits, int k)
    {
        if (k >= logits.Length) return;
        var order = Sort(logits);
        var smallest = logits[order[k - 1]];
        foreach (ref var logit in logits)
            if (logit < smallest) logit = double.NegativeInfinity;
    }

    /// <summary>Keeps the shortest run from the likeliest down that reaches p; of equals across its end the lower ids stay.</summary>
    public void TopP(Span<double> logits, double p)
    {
        if (p >= 1) return;
        var order = Sort(logits);
        var greatest = logits[order[0]];
        KeepUntil(logits, order, p * Weigh(logits, greatest), greatest);
    }

    /// <summary>Keeps tokens at least <paramref name="p"/> times as likely as the likeliest.</summary>
    public static void MinP(Span<double> logits, double p)
    {
        if (p <= 0) return;
        var least = TensorPrimitives.Max<double>(logits) + Math.Log(p);
        foreach (ref var logit in logits)
            if (logit < least) logit = double.NegativeInfinity;
    }

    /// <summary>Keeps the tokens whose surprise -ln p is nearest to the entropy, the nearest first, until they reach p.</summary>
    public void TypicalP(Span<double> logits, double p)
    {
        if (p >= 1) return;
        var greatest = TensorPrimitives.Max<double>(logits);
        var mass = Weigh(logits, greatest);
        var total = greatest + Math.Log(mass);
        var entropy = 0.0;
        foreach (var logit in logits)
            if (logit > double.NegativeInfinity) entropy -= Math.Exp(logit - total) * (logit - total);

        // What is nearest to the entropy comes first in an order of "greatest first".
        Reserve(logits.Length);
        for (var id = 0; id < logits.Length; id++)
            _values[id] = double.IsNegativeInfinity(logits[id]) ? double.NegativeInfinity : -Math.Abs(total - logits[id] - entropy);
        KeepUntil(logits, new LogitOrder(_values, _order), p * mass, greatest);
    }

    /// <summary>The probabilities of logits: their softmax, where the greatest is a number.</summary>
    public static void Softmax(Span<double> logits)
    {
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max<double>(logits), logits);
        VectorMath.Exp(logits);
        TensorPrimitives.Divide(logits, VectorMath.Sum(logits), logits);
    }

    /// <summary>Drops all tokens but the first of an order whose weights together reach a sum.</summary>
    private static void KeepUntil(Span<double> logits, LogitOrder order, double enough, double greatest)
    {
        var reached = 0.0;
        for (var rank = 0; rank < logits.Length && reached < enough; rank++) reached += Math.Exp(logits[order[rank]] - greatest);
        foreach (var id in order.Rest) logits[id] = double.NegativeInfinity;
    }

    /// <summary>Σ exp(logit − greatest).</summary>
    private static double Weigh(ReadOnlySpan<double> logits, double greatest)
    {
        var sum = 0.0;
        foreach (var logit in logits) sum += Math.Exp(logit - greatest);
        return sum;
    }

    private LogitOrder Sort(ReadOnlySpan<double> logits)
    {
        Reserve(logits.Length);
        logits.CopyTo(_values);
        return new LogitOrder(_values, _order);
    }

    private void Reserve(int length)
    {
        if (_values.Length != length) (_values, _order) = (new double[length], new int[length]);
    }
}
