using TinyLM.Model.Generation;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Inspection;

/// <summary>A token that may come next.</summary>
/// <param name="Id">The token.</param>
/// <param name="Logit">What the model says.</param>
/// <param name="Probability">Its probability before temperature and filters.</param>
/// <param name="Adjusted">Its probability after them: 0 where a filter dropped it.</param>
public readonly record struct Candidate(int Id, double Logit, double Probability, double Adjusted)
{
    /// <summary>The likeliest tokens, the likeliest first.</summary>
    /// <param name="logits">Of the whole vocabulary.</param>
    /// <param name="settings">Temperature and filters, which are sound.</param>
    /// <param name="count">How many.</param>
    public static IReadOnlyList<Candidate> Of(float[] logits, SamplingSettings settings, int count)
    {
        var adjusted = new double[logits.Length];
        new Sampler(settings).Probabilities(logits, adjusted);
        var probabilities = Predictions.Probabilities(logits);
        return [.. Predictions.Likeliest(logits, count).Select(id => new Candidate(id, logits[id], probabilities[id], adjusted[id]))];
    }
}
