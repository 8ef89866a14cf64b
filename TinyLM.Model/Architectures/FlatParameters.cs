using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Architectures;

/// <summary>All weights of a model as views of one flat tensor, and their gradients as views of another.</summary>
/// <remarks>
/// So that the optimizer, clipping and checkpoints are single passes over memory in order. Where products are in bf16, the
/// matrices stand in it a second time; what the optimizer changes are the exact ones.
/// </remarks>
internal sealed class FlatParameters : IDisposable
{
    private readonly bool _ownsValues;
    private readonly Tensor? _workingGradients;
    private readonly Dictionary<string, (WeightDefinition Weight, long Offset)> _byName = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(long Offset, long Count), Weight> _weights = [];

    /// <param name="weights">In the order in which they are to lie: those that decay first.</param>
    /// <param name="device">Where they live.</param>
    /// <param name="shared">Whose values these are too; null makes new ones. Gradients are always own; the other outlives this.</param>
    /// <param name="type">Number format: fp32, or fp64 where exactness is all that counts.</param>
    /// <param name="working">What is multiplied.</param>
    public FlatParameters(
        IReadOnlyList<WeightDefinition> weights, Device device, FlatParameters? shared = null, ScalarType type = ScalarType.Float32, WorkingWeights working = WorkingWeights.None)
    {
        Weights = weights;
        Count = weights.Sum(weight => (long)weight.Count);
        MatrixCount = weights.TakeWhile(weight => weight.IsMatrix).Sum(weight => (long)weight.Count);
        _ownsValues = shared is null;
        Values = shared?.Values ?? zeros(Count, type, device).DetachFromDisposeScope();
        Gradients = zeros(Count, type, device).DetachFromDisposeScope();
        if (working != WorkingWeights.None) Working = shared?.Working ?? zeros(MatrixCount, bfloat16, device).DetachFromDisposeScope();
        if (working == WorkingWeights.Leaves) _workingGradients = zeros(MatrixCount, bfloat16, device).DetachFromDisposeScope();
        var offset = 0L;
        foreach (var weight in weights)
        {
            _byName.Add(weight.Name, (weight, offset));
            offset += weight.Count;
        }
    }

    /// <summary>The weights in the order in which they lie.</summary>
    public IReadOnlyList<WeightDefinition> Weights { get; }

    /// <summary>Numbers in all weights.</summary>
    public long Count { get; }

    /// <summary>How many of them, from the start, belong to matrices and embeddings.</summary>
    public long MatrixCount { get; }

    /// <summary>All weights, exact, (Count); owned here unless shared.</summary>
    public Tensor Values { get; }

    /// <summary>The matrices in bf16, (MatrixCount); null where the exact ones are multiplied. Owned here unless shared.</summary>
    public Tensor? Working { get; }

    /// <summary>All gradients, (Count); owned here.</summary>
    public Tensor Gradients { get; }

    /// <summary>A weight by name; owned here.</summary>
    public Weight this[string name] => At(_byName[name].Offset, _byName[name].Weight.Shape);

    /// <summary>Matrices of equal width that lie one after the other, as one; owned here.</summary>
    /// <param name="names">In the order in which they lie.</param>
    public Weight Stack(params ReadOnlySpan<string> names)
    {
        var (first, offset) = _byName[names[0]];
        var (rows, end) = (0, offset);
        foreach (var name in names)
        {
            var (weight, start) = _byName[name];
            if (start != end || weight.Shape[1] != first.Shape[1]) throw new ArgumentException($"{name} does not continue {names[0]}.", nameof(names));
            (rows, end) = (rows + weight.Shape[0], start + weight.Count);
        }
        return At(offset, [rows, first.Shape[1]]);
    }

    /// <summary>Where a weight begins in the flat tensors.</summary>
    public long OffsetOf(string name) => _byName[name].Offset;

    /// <summary>Brings the working weights to the exact ones.</summary>
    public void RefreshWorking()
    {
        if (Working is null) return;
        using var noGradient = no_grad();
        using var matrices = Values.narrow(0, 0, MatrixCount);
        Working.copy_(matrices);
    }

    /// <summary>Adds what autograd gathered for the working weights to the gradients of the exact ones.</summary>
    public void GatherWorkingGradients()
    {
        if (_workingGradients is null) return;
        using var noGradient = no_grad();
        using var matrices = Gradients.narrow(0, 0, MatrixCount);
        matrices.Add(_workingGradients, 1);
        _workingGradients.zero_();
    }

    /// <summary>Sets the gradients to zero, or lets the next be written over them.</summary>
    public void ForgetGradients()
    {
        using var noGradient = no_grad();
        var at = 0L;
        foreach (var ((offset, count), weight) in _weights)
        {
            if (!weight.Stands) continue;
            Clear(at, offset);
            at = offset + count;
            weight.Stands = false;
        }
        Clear(at, Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var weight in _weights.Values) weight.Dispose();
        if (_ownsValues)
        {
            Values.Dispose();
            Working?.Dispose();
        }
        Gradients.Dispose();
        _workingGradients?.Dispose();
    }

    private void Clear(long start, long end)
    {
        if (start >= end) return;
        using var part = Gradients.narrow(0, start, end - start);
        part.zero_();
    }

    private Weight At(long offset, int[] dimensions)
    {
        long[] shape = [.. dimensions.Select(dimension => (long)dimension)];
        var count = shape.Aggregate((a, b) => a * b);
        if (_weights.TryGetValue((offset, count), out var known)) return known;
        var isMatrix = offset < MatrixCount;
        var weight = new Weight(
            offset, View(Values)!, View(Gradients)!, isMatrix ? View(Working) : null, isMatrix ? View(_workingGradients) : null);
        _weights.Add((offset, count), weight);
        return weight;

        Tensor? View(Tensor? flat)
        {
            if (flat is null) return null;
            using var part = flat.narrow(0, offset, count);
            return part.view(shape).DetachFromDisposeScope();
        }
    }
}
