using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TinyLM.Model.Architectures;

/// <summary>All weights of a model as views of one flat tensor, and their gradients as views of another.</summary>
/// <remarks>
/// So that the optimizer, clipping and checkpoints are single passes over memory in order. The gradients are given to autograd
/// once and added to from then on; nobody sets them to null.
/// </remarks>
internal sealed class FlatParameters : IDisposable
{
    private readonly bool _ownsValues;
    private readonly Dictionary<string, (WeightDefinition Weight, long Offset, Leaf Leaf)> _byName = new(StringComparer.Ordinal);
    private readonly List<Leaf> _leaves = [];

    /// <param name="weights">In the order in which they are to lie: those that decay first.</param>
    /// <param name="device">Where they live.</param>
    /// <param name="shared">Whose values these are too; null makes new ones. Gradients are always own; the other outlives this.</param>
    /// <param name="type">Number format: fp32, or fp64 where exactness is all that counts.</param>
    public FlatParameters(IReadOnlyList<WeightDefinition> weights, Device device, FlatParameters? shared = null, ScalarType type = ScalarType.Float32)
    {
        Weights = weights;
        Count = weights.Sum(weight => (long)weight.Count);
        MatrixCount = weights.TakeWhile(weight => weight.IsMatrix).Sum(weight => (long)weight.Count);
        _ownsValues = shared is null;
        Values = shared?.Values ?? zeros(Count, type, device).DetachFromDisposeScope();
        Gradients = zeros(Count, type, device).DetachFromDisposeScope();
        var offset = 0L;
        foreach (var weight in weights)
        {
            _byName.Add(weight.Name, (weight, offset, CreateLeaf(offset, weight.Shape)));
            offset += weight.Count;
        }
    }

    /// <summary>The weights in the order in which they lie.</summary>
    public IReadOnlyList<WeightDefinition> Weights { get; }

    /// <summary>Numbers in all weights.</summary>
    public long Count { get; }

    /// <summary>How many of them, from the start, belong to matrices and embeddings.</summary>
    public long MatrixCount { get; }

    /// <summary>All weights, (Count); owned here unless shared.</summary>
    public Tensor Values { get; }

    /// <summary>All gradients, (Count); owned here.</summary>
    public Tensor Gradients { get; }

    /// <summary>A weight by name, as a leaf of autograd; owned here.</summary>
    public Tensor this[string name] => _byName[name].Leaf.Value;

    /// <summary>Matrices of equal width that lie one after the other, as one matrix and one leaf of autograd; owned here.</summary>
    /// <param name="names">In the order in which they lie. Their own leaves get no gradient while this one is used.</param>
    public Tensor Stack(params ReadOnlySpan<string> names)
    {
        var (first, offset, _) = _byName[names[0]];
        var (rows, end) = (0, offset);
        foreach (var name in names)
        {
            var (weight, start, _) = _byName[name];
            if (start != end || weight.Shape[1] != first.Shape[1]) throw new ArgumentException($"{name} does not continue {names[0]}.", nameof(names));
            (rows, end) = (rows + weight.Shape[0], start + weight.Count);
        }
        return CreateLeaf(offset, [rows, first.Shape[1]]).Value;
    }

    /// <summary>Where a weight begins in the flat tensors.</summary>
    public long OffsetOf(string name) => _byName[name].Offset;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (value, gradient) in _leaves)
        {
            value.grad = null;
            gradient.Dispose();
            value.Dispose();
        }
        if (_ownsValues) Values.Dispose();
        Gradients.Dispose();
    }

    private Leaf CreateLeaf(long offset, int[] dimensions)
    {
        using var scope = NewDisposeScope();
        long[] shape = [.. dimensions.Select(dimension => (long)dimension)];
        var count = shape.Aggregate((a, b) => a * b);
        var value = new Parameter(Values.narrow(0, offset, count).view(shape));
        var gradient = Gradients.narrow(0, offset, count).view(shape);
        value.grad = gradient;
        var leaf = new Leaf((Parameter)value.DetachFromDisposeScope(), gradient.DetachFromDisposeScope());
        _leaves.Add(leaf);
        return leaf;
    }

    private sealed record Leaf(Parameter Value, Tensor Gradient);
}
