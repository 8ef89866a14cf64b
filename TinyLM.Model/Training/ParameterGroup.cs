using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Model.Training;

/// <summary>The weights that one method updates: where they lie in the flat parameters, and in its own compact state.</summary>
internal sealed class ParameterGroup
{
    private readonly List<(WeightDefinition Weight, long StateOffset)> _weights = [];
    private readonly List<Stretch> _stretches = [];

    /// <param name="parameters">All weights.</param>
    /// <param name="belongs">Which of them the group has.</param>
    /// <param name="decays">Which of those decay.</param>
    public ParameterGroup(FlatParameters parameters, Func<WeightDefinition, bool> belongs, Func<WeightDefinition, bool> decays)
    {
        foreach (var weight in parameters.Weights.Where(belongs))
        {
            var stretch = new Stretch(parameters.OffsetOf(weight.Name), Count, weight.Count, decays(weight));
            _weights.Add((weight, Count));
            Count += weight.Count;
            if (_stretches is [.., var last] && last.Start + last.Length == stretch.Start && last.Decays == stretch.Decays)
                _stretches[^1] = last with { Length = last.Length + stretch.Length };
            else
                _stretches.Add(stretch);
        }
    }

    /// <summary>Numbers in all its weights.</summary>
    public long Count { get; }

    /// <summary>Its weights, in order, and where the state of each begins.</summary>
    public IReadOnlyList<(WeightDefinition Weight, long StateOffset)> Weights => _weights;

    /// <summary>The same as stretches of memory, as long as can be.</summary>
    public IReadOnlyList<Stretch> Stretches => _stretches;

    /// <summary>Copies a state out, cut into the weights' shapes.</summary>
    /// <param name="name">What it is called in front of each weight's name.</param>
    /// <param name="flat">The state.</param>
    /// <param name="state">Receives it.</param>
    public void Read(string name, ReadOnlySpan<float> flat, IDictionary<string, WeightTensor> state)
    {
        foreach (var (weight, offset) in _weights)
            state.Add($"{name}.{weight.Name}", new WeightTensor(weight.Shape, flat.Slice(checked((int)offset), weight.Count).ToArray()));
    }

    /// <summary>Replaces a state.</summary>
    /// <param name="name">As it was read by.</param>
    /// <param name="flat">Receives it.</param>
    /// <param name="state">Has it.</param>
    /// <exception cref="CheckpointException">It lacks a weight, or has another shape for one.</exception>
    public void Write(string name, Span<float> flat, IReadOnlyDictionary<string, WeightTensor> state)
    {
        foreach (var (weight, offset) in _weights)
        {
            if (!state.TryGetValue($"{name}.{weight.Name}", out var tensor))
                throw new CheckpointException($"The optimizer's state holds no '{name}.{weight.Name}': the checkpoint was trained with another optimizer. Start a new run, or set training.optimizer back.");
            if (!tensor.Shape.SequenceEqual(weight.Shape))
                throw new CheckpointException($"The optimizer's state has '{name}.{weight.Name}' of shape ({string.Join(", ", tensor.Shape)}); the model asks for ({string.Join(", ", weight.Shape)}).");
            tensor.Values.Span.CopyTo(flat[checked((int)offset)..]);
        }
    }

    /// <summary>Neighbouring weights.</summary>
    /// <param name="Start">Of the first number in the flat parameters.</param>
    /// <param name="StateStart">Of the first number in the group's state.</param>
    /// <param name="Length">Numbers.</param>
    /// <param name="Decays">Whether weight decay applies.</param>
    public readonly record struct Stretch(long Start, long StateStart, long Length, bool Decays);
}
