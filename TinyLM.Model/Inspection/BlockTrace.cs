using TinyLM.Model.Inference;

namespace TinyLM.Model.Inspection;

/// <summary>Every intermediate of one block, for all tokens of a prompt.</summary>
public sealed class BlockTrace
{
    private readonly IReadOnlyDictionary<ActivationSite, ActivationTable> _tables;

    internal BlockTrace(int layer, IReadOnlyDictionary<ActivationSite, ActivationTable> tables) => (Layer, _tables) = (layer, tables);

    /// <summary>Which block.</summary>
    public int Layer { get; }

    /// <summary>The places that this family of models has, in the order of the pass.</summary>
    public IEnumerable<ActivationSite> Sites => _tables.Keys.Order();

    /// <summary>The numbers at a place, (T, width).</summary>
    /// <exception cref="KeyNotFoundException">This family of models has no such place.</exception>
    public ActivationTable this[ActivationSite site] => _tables[site];

    /// <summary>The numbers at a place; null where this family of models has no such place.</summary>
    public ActivationTable? Find(ActivationSite site) => _tables.GetValueOrDefault(site);
}
