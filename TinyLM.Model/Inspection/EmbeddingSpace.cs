using System.Numerics.Tensors;
using TinyLM.Model.Inference;

namespace TinyLM.Model.Inspection;

// V = vocabulary, T = context length, C = embedding size, D = size of a head

/// <summary>A model's embeddings as a space: who lies near whom, sums and differences of tokens, and the positions.</summary>
/// <param name="model">The model.</param>
public sealed class EmbeddingSpace(LanguageModel model)
{
    private readonly int _width = model.Config.EmbeddingSize;

    /// <summary>The embedding of a token, (C).</summary>
    public ReadOnlySpan<float> this[int token] => model.TokenEmbeddings.Span.Slice(token * _width, _width);

    /// <summary>The token embeddings along the directions in which they spread most.</summary>
    /// <param name="count">How many directions.</param>
    public PrincipalComponents Map(int count) => PrincipalComponents.Of(model.TokenEmbeddings.Span, _width, Math.Min(count, _width));

    /// <summary>The tokens whose embeddings point most nearly where a vector points.</summary>
    /// <param name="vector">(C).</param>
    /// <param name="count">How many.</param>
    /// <param name="except">Tokens that are left out.</param>
    /// <returns>The nearest first, with the cosine of the angle between.</returns>
    public IReadOnlyList<(int Token, double Cosine)> Nearest(ReadOnlySpan<float> vector, int count, params ReadOnlySpan<int> except)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(vector.Length, _width, nameof(vector));
        var cosines = new float[model.Config.VocabularySize];
        var length = MathF.Sqrt(TensorPrimitives.SumOfSquares(vector));
        for (var token = 0; token < cosines.Length; token++)
        {
            var other = MathF.Sqrt(TensorPrimitives.SumOfSquares(this[token]));
            cosines[token] = length * other == 0 ? float.NegativeInfinity : TensorPrimitives.Dot(vector, this[token]) / (length * other);
        }

        foreach (var token in except) cosines[token] = float.NegativeInfinity;
        return [.. Predictions.Likeliest(cosines, count).Where(token => cosines[token] > float.NegativeInfinity).Select(token => (token, (double)cosines[token]))];
    }

    /// <summary>A sum of tokens, some taken away: king − man + woman.</summary>
    /// <param name="terms">Tokens and the factors that they come with, 1 or −1 as a rule.</param>
    /// <returns>(C).</returns>
    public float[] Combine(IEnumerable<(int Token, double Factor)> terms)
    {
        var sum = new float[_width];
        foreach (var (token, factor) in terms) TensorPrimitives.MultiplyAdd(this[token], (float)factor, sum, sum);
        return sum;
    }

    /// <summary>The cosine of the angle between each two positions' embeddings; null where positions are not learned.</summary>
    /// <param name="count">How many positions, from the first.</param>
    /// <returns>(count, count).</returns>
    public ActivationTable? PositionSimilarity(int count)
    {
        if (Positions(count) is not { } positions) return null;
        count = positions.Rows;
        var table = new ActivationTable(new float[count * count], count, count);
        for (var a = 0; a < count; a++)
            for (var b = 0; b <= a; b++) table[a][b] = table[b][a] = TensorPrimitives.CosineSimilarity<float>(positions[a], positions[b]);
        return table;
    }

    /// <summary>The embeddings of the first positions, (count, C); null where positions are not learned.</summary>
    public ActivationTable? Positions(int count)
    {
        if (model.PositionEmbeddings.IsEmpty) return null;
        count = Math.Min(count, model.Config.ContextLength);
        return new ActivationTable(model.PositionEmbeddings[..(count * _width)].ToArray(), count, _width);
    }

    /// <summary>The cosines of the angles by which pairs of numbers are turned at each position; null where positions are learned.</summary>
    /// <param name="count">How many positions, from the first.</param>
    /// <returns>(count, D / 2).</returns>
    /// <remarks>Su et al. 2021, https://arxiv.org/abs/2104.09864.</remarks>
    public ActivationTable? RotaryAngles(int count)
    {
        var config = model.Config;
        if (!model.PositionEmbeddings.IsEmpty) return null;
        count = Math.Min(count, config.ContextLength);
        var pairs = config.HeadSize / 2;
        var table = new ActivationTable(new float[count * pairs], count, pairs);
        for (var t = 0; t < count; t++)
            for (var i = 0; i < pairs; i++) table[t][i] = (float)Math.Cos(t / Math.Pow(config.RotaryBase, 2.0 * i / config.HeadSize));
        return table;
    }
}
