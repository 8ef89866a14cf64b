using TinyLM.Model.Inference;

namespace TinyLM.Model.Inspection;

/// <summary>First makes the changes, then lets others look at what came of them.</summary>
/// <param name="interventions">The changes, in order.</param>
/// <param name="recorder">Who looks, if anybody.</param>
internal sealed class HookChain(IReadOnlyList<Intervention> interventions, ActivationRecorder? recorder = null) : IActivationHook
{
    /// <inheritdoc/>
    public void Visit(ActivationSite site, int layer, int position, Rows values, int width)
    {
        foreach (var intervention in interventions) intervention.Apply(site, layer, position, values, width);
        recorder?.Visit(site, layer, position, values, width);
    }
}
