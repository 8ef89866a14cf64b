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

    /// <summary>Refuses changes that cannot be made.</summary>
    /// <exception cref="ArgumentException">The model has no such place.</exception>
    internal static void EnsureSound(IReadOnlyList<Intervention> interventions, ModelConfig config)
    {
        if (interventions.SelectMany(one => one.Validate(config)).ToList() is [_, ..] problems) throw new ArgumentException(string.Join(" ", problems), nameof(interventions));
    }

    /// <summary>Puts the same numbers into some columns of every row: zeros where there are none.</summary>
    private protected static void Replace(Rows values, int first, int count, ReadOnlyMemory<float> with)
    {
        for (var r = 0; r < values.Count; r++)
        {
            var row = values.Values.Slice(r * values.Stride + first, count);
            if (with.IsEmpty) row.Clear();
            else with.Span.CopyTo(row);
        }
    }

    /// <summary>The words for numbers that do not fill their place; none where they do, or where there are none.</summary>
    private protected static IEnumerable<string> LengthProblems(ReadOnlyMemory<float> values, int width) =>
        values.IsEmpty || values.Length == width ? [] : [$"{values.Length} numbers were given to stand in for {width}."];
}
