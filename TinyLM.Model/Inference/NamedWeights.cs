using TinyLM.Model.Checkpoints;

namespace TinyLM.Model.Inference;

/// <summary>Takes weights by name, checks their shapes, and in the end that none is left over.</summary>
/// <param name="weights">The snapshot.</param>
internal sealed class NamedWeights(ModelWeights weights)
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>The values of a weight.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">The shape that the model's configuration asks for.</param>
    /// <exception cref="ArgumentException">It is missing, or has another shape or number of values.</exception>
    public ReadOnlyMemory<float> Take(string name, params ReadOnlySpan<int> shape)
    {
        if (!weights.Tensors.TryGetValue(name, out var tensor))
            throw new ArgumentException($"The weights hold no {name} of shape {Words(shape)}; they do not belong to a model of this shape.");
        if (!shape.SequenceEqual([.. tensor.Shape]))
            throw new ArgumentException($"{name} has shape {Words([.. tensor.Shape])}; a model of this shape has {Words(shape)}.");
        long count = 1;
        foreach (var dimension in shape) count *= dimension;
        if (tensor.Values.Length != count)
            throw new ArgumentException($"{name} of shape {Words(shape)} holds {tensor.Values.Length} values; expected {count}.");
        _taken.Add(name);
        return tensor.Values;
    }

    /// <summary>Refuses weights that nobody took: the model would not be the one that was trained.</summary>
    /// <exception cref="ArgumentException">A weight is left over.</exception>
    public void EnsureAllTaken()
    {
        var left = weights.Tensors.Keys.Where(name => !_taken.Contains(name)).Order(StringComparer.Ordinal).FirstOrDefault();
        if (left is not null)
            throw new ArgumentException($"The weights hold {left}, which a model of this shape does not have.");
    }

    private static string Words(ReadOnlySpan<int> shape) => $"({string.Join(", ", shape.ToArray())})";
}
