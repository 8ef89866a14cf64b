using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;

namespace TinyLM.Model.Inspection;

/// <summary>A change that is made to a model's numbers while it computes them.</summary>
public abstract record Intervention
{
    /// <summary>The block that it is made in.</summary>
    public required int Layer { get; init; }

    /// <summary>Every broken rule, in words; empty when the model has such a place.</summary>
    public virtual IReadOnlyList<string> Validate(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return (uint)Layer < (uint)config.LayerCount ? [] : [$"There is no layer {Layer}; the model has 0 to {config.LayerCount - 1}."];
    }

    /// <summary>Makes the change, where this is the place for it.</summary>
    internal abstract void Apply(ActivationSite site, int layer, int position, Rows values, int width);

    private protected static void Clear(Rows values, int first, int count)
    {
        for (var r = 0; r < values.Count; r++) values.Values.Slice(r * values.Stride + first, count).Clear();
    }
}
