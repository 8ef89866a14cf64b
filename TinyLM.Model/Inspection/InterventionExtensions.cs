using TinyLM.Model.Inference;

namespace TinyLM.Model.Inspection;

/// <summary>Models with changes made to their numbers.</summary>
public static class InterventionExtensions
{
    /// <summary>The same model, whose numbers are changed wherever it reads or writes.</summary>
    /// <param name="model">The model; stays as it is.</param>
    /// <param name="interventions">The changes, in order; none gives the model itself. A patch is made at its position, whatever text stands there.</param>
    /// <exception cref="ArgumentException">The model has no such place.</exception>
    public static LanguageModel With(this LanguageModel model, IReadOnlyList<Intervention> interventions)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(interventions);
        Intervention.EnsureSound(interventions, model.Config);
        return interventions.Count == 0 ? model : model.With(new HookChain(interventions));
    }
}
