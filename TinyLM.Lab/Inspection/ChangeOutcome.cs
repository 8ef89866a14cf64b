using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Inspection;

/// <summary>What comes of a prompt without and with changes to the model.</summary>
/// <param name="Before">Without.</param>
/// <param name="After">With.</param>
/// <param name="Divergence">Kullback–Leibler divergence of the next token's distribution with changes from the one without, in nats.</param>
/// <param name="Candidates">The likeliest of both, and their probabilities before and after.</param>
public sealed record ChangeOutcome(ChangeSide Before, ChangeSide After, double Divergence, IReadOnlyList<(int Id, double Before, double After)> Candidates)
{
    private const int Shown = 8;

    /// <summary>Compares the two.</summary>
    public static ChangeOutcome Of(ChangeSide before, ChangeSide after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var (p, q) = (Predictions.Probabilities(before.Logits), Predictions.Probabilities(after.Logits));
        var divergence = 0.0;
        for (var id = 0; id < p.Length; id++)
            if (p[id] > 0) divergence += p[id] * Math.Log(p[id] / Math.Max(q[id], double.Epsilon));
        var ids = Predictions.Likeliest(before.Logits, Shown).Union(Predictions.Likeliest(after.Logits, Shown));
        return new ChangeOutcome(before, after, Math.Max(0, divergence), [.. ids.Select(id => (id, p[id], q[id])).OrderByDescending(one => Math.Max(one.Item2, one.Item3))]);
    }
}

/// <summary>What a model makes of a prompt.</summary>
/// <param name="Loss">Mean loss over the prompt, in nats; NaN for one token alone.</param>
/// <param name="Logits">Of the next token.</param>
/// <param name="Text">How it writes on; null where it has not written yet.</param>
public sealed record ChangeSide(double Loss, float[] Logits, string? Text);
