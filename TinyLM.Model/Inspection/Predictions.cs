using System.Numerics.Tensors;

namespace TinyLM.Model.Inspection;

// V = vocabulary

/// <summary>What logits say, in double precision.</summary>
public static class Predictions
{
    /// <summary>The probabilities of all tokens, (V): the softmax of the logits, without temperature.</summary>
    public static double[] Probabilities(ReadOnlySpan<float> logits)
    {
        var probabilities = new double[logits.Length];
        TensorPrimitives.ConvertChecked(logits, probabilities);
        TensorPrimitives.Subtract(probabilities, TensorPrimitives.Max<double>(probabilities), probabilities);
        TensorPrimitives.Exp<double>(probabilities, probabilities);
        TensorPrimitives.Divide(probabilities, TensorPrimitives.Sum<double>(probabilities), probabilities);
        return probabilities;
    }

    /// <summary>What logits think of a token.</summary>
    /// <param name="logits">Of the whole vocabulary, (V).</param>
    /// <param name="token">The token.</param>
    public static TokenFigures Of(ReadOnlySpan<float> logits, int token)
    {
        var offsets = new double[logits.Length];
        TensorPrimitives.ConvertChecked(logits, offsets);
        TensorPrimitives.Subtract(offsets, TensorPrimitives.Max<double>(offsets), offsets);
        var exponentials = new double[logits.Length];
        TensorPrimitives.Exp<double>(offsets, exponentials);
        var sum = TensorPrimitives.Sum<double>(exponentials);
        var loss = Math.Log(sum) - offsets[token];

        // −Σ p ln p with ln p = offset − ln sum: one logarithm instead of V. An offset of −∞ has the probability 0 and counts for nothing.
        TensorPrimitives.Max(offsets, double.MinValue, offsets);
        var entropy = Math.Log(sum) - TensorPrimitives.Dot<double>(exponentials, offsets) / sum;
        return new TokenFigures(loss, Math.Max(0, entropy), RankOf(logits, token));
    }

    /// <summary>The likeliest tokens, the likeliest first; of equals the lower id.</summary>
    /// <param name="logits">Of the whole vocabulary, (V).</param>
    /// <param name="count">How many; all where there are fewer.</param>
    public static int[] Likeliest(ReadOnlySpan<float> logits, int count)
    {
        count = Math.Min(count, logits.Length);
        var kept = new PriorityQueue<int, (float, int)>(count + 1); // the least likely of those kept comes first
        for (var id = 0; id < logits.Length; id++)
        {
            if (kept.Count < count) kept.Enqueue(id, (logits[id], -id));
            else if (logits[id] > logits[kept.Peek()]) kept.EnqueueDequeue(id, (logits[id], -id));
        }

        var likeliest = new int[count];
        for (var rank = count - 1; rank >= 0; rank--) likeliest[rank] = kept.Dequeue();
        return likeliest;
    }

    /// <summary>How many tokens are likelier; of equals, lower ids count as likelier.</summary>
    public static int RankOf(ReadOnlySpan<float> logits, int token)
    {
        var rank = 0;
        for (var id = 0; id < logits.Length; id++)
            if (logits[id] > logits[token] || logits[id] == logits[token] && id < token) rank++;
        return rank;
    }
}
