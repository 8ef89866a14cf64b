using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TinyLM.Model.Architectures;

/// <summary>All weights of a model as views of one flat fp32 tensor, and their gradients as views of another.</summary>
/// <remarks>
/// So that the optimizer, clipping and checkpoints are single passes over memory in order. The gradients are given to autograd
/// once and added to from then on; nobody sets them to null.
/// </remarks>
internal sealed class FlatParameters : IDisposable
{
    private readonly bool _ownsValues;
    private readonly Dictionary<string, (Gpt2Weight Weight, long Offset, Parameter Value, Tensor Gradient)> _byName = new(StringComparer.Ordinal);

    /// <param name="weights">In the order in which they are to lie: those that decay first.</param>
    /// <param name="device">Where they live.</param>
    /// <param name="shared">Whose values these are too; null makes new ones. Gradients are always own; the other outlives this.</param>
    public FlatParameters(IReadOnlyList<Gpt2Weight> weights, Device device, FlatParameters? shared = null)
    {
        Weights = weights;
        Count = weights.Sum(weight => (long)weight.Count);
        MatrixCount = weights.TakeWhile(weight => weight.IsMatrix).Sum(weight => (long)weight.Count);
        _ownsValues = shared is null;
        Values = shared?.Values ?? zeros(Count, float32, device).DetachFromDisposeScope();
        Gradients = zeros(Count, float32, device).DetachFromDisposeScope();
        var offset = 0L;
        foreach (var weight in weights)
        {
            using var scope = NewDisposeScope();
            long[] shape = [.. weight.Shape.Select(dimension => (long)dimension)];
            var value = new Parameter(Values.narrow(0, offset, weight.Count).view(shape));
            var gradient = Gradients.narrow(0, offset, weight.Count).view(shape);
            value.grad = gradient;
            _byName.Add(weight.Name, (weight, offset, (Parameter)value.DetachFromDisposeScope(), gradient.DetachFromDisposeScope()));
            offset += weight.Count;
        }
    }

    /// <summary>The weights in the order in which they lie.</summary>
    public IReadOnlyList<Gpt2Weight> Weights { get; }

    /// <summary>Numbers in all weights.</summary>
    public long Count { get; }

    /// <summary>How many of them, from the start, belong to matrices and embeddings.</summary>
    public long MatrixCount { get; }

    /// <summary>All weights, (Count); owned here unless shared.</summary>
    public Tensor Values { get; }

    /// <summary>All gradients, (Count); owned here.</summary>
    public Tensor Gradients { get; }

    /// <summary>A weight by name, as a leaf of autograd; owned here.</summary>
    public Tensor this[string name] => _byName[name].Value;

    /// <summary>Where a weight begins in the flat tensors.</summary>
    public long OffsetOf(string name) => _byName[name].Offset;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, _, value, gradient) in _byName.Values)
        {
            value.grad = null;
            gradient.Dispose();
            value.Dispose();
        }
        if (_ownsValues) Values.Dispose();
        Gradients.Dispose();
    }
}
