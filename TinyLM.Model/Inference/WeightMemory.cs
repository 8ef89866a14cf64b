namespace TinyLM.Model.Inference;

/// <summary>One piece of memory for all matrices of a model, in the order in which a token reads them; so small ones lie in large pages too.</summary>
/// <param name="capacity">Numbers that are expected. What comes beyond them gets a piece of its own.</param>
internal sealed class WeightMemory(int capacity)
{
    private const int LineFloats = 16;
    private readonly AlignedFloats _memory = new(capacity);
    private int _taken;

    /// <summary>Memory for the weights of a model: as many numbers as it has, and somewhat more where panels are part empty.</summary>
    public static WeightMemory For(Checkpoints.ModelWeights weights, WeightFormat format)
    {
        var count = weights.Tensors.Values.Sum(tensor => (long)tensor.Values.Length);
        return new WeightMemory((int)Math.Min(Array.MaxLength / 2, (format == WeightFormat.Bf16 ? count / 2 : count) * 17 / 16));
    }

    /// <summary>The next so many numbers, from a cache line on; not cleared.</summary>
    public Memory<float> Take(int length)
    {
        if (length > capacity - _taken) return new AlignedFloats(length).Memory;
        var part = _memory.Memory.Slice(_taken, length);
        _taken = Math.Min(capacity, checked(_taken + (length + LineFloats - 1) / LineFloats * LineFloats));
        return part;
    }
}
