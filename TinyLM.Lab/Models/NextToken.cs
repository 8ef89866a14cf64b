using TinyLM.Model.Generation;

namespace TinyLM.Lab.Models;

/// <summary>What may follow a text: the model's logits, kept so that any settings can be looked at without asking the model again. Immutable.</summary>
/// <param name="logits">Of the whole vocabulary.</param>
/// <param name="history">What the text has so far.</param>
/// <param name="allowed">What a constraint allows; null where there is none.</param>
/// <param name="textOf">The text of a token.</param>
public sealed class NextToken(float[] logits, TokenHistory history, TokenMask? allowed, Func<int, string> textOf)
{
    /// <summary>Tokens that the picture of a step shows.</summary>
    public const int PictureWidth = 32;

    /// <summary>Tokens of the whole text, the one that begins a document among them.</summary>
    public int TextLength { get; init; }

    /// <summary>Tokens that the model sees at most.</summary>
    public int ContextLength { get; init; }

    /// <summary>Number of tokens that there are.</summary>
    public int VocabularySize => logits.Length;

    /// <summary>What settings make of the distribution, step by step.</summary>
    /// <param name="settings">Sound settings.</param>
    /// <param name="count">How many of the likeliest tokens to name.</param>
    /// <exception cref="ArgumentException">The settings break a rule, or the logits are no numbers.</exception>
    public SamplingPicture Picture(SamplingSettings settings, int count)
    {
        var steps = new List<SamplingStep>();
        int[] likeliest = [];
        double[] raw = [], last = [];
        Sampler.Trace(new SamplingChain(settings), logits, history, allowed, (stage, probabilities) =>
        {
            if (stage is null)
            {
                raw = last = [.. probabilities];
                likeliest = [.. Enumerable.Range(0, raw.Length).OrderByDescending(id => raw[id]).ThenBy(id => id).Take(Math.Max(count, PictureWidth))];
                return;
            }

            steps.Add(new SamplingStep(stage.Value, Shown(last), Shown(probabilities), probabilities.Count(p => p > 0)));
            last = [.. probabilities];
        });
        return new SamplingPicture(
            [.. likeliest.Take(count).Select(id => new TokenChance(id, textOf(id), raw[id], last[id]))], steps, last.Count(p => p > 0), Entropy(raw), Entropy(last));

        double[] Shown(double[] probabilities) => [.. likeliest.Take(PictureWidth).Select(id => probabilities[id])];
    }

    private static double Entropy(double[] probabilities) => -probabilities.Where(p => p > 0).Sum(p => p * Math.Log2(p));
}

/// <summary>What settings make of a distribution.</summary>
/// <param name="Tokens">The likeliest tokens, the likeliest for the model first.</param>
/// <param name="Steps">What each step that acts does, in its order.</param>
/// <param name="KeptCount">Tokens that can be drawn in the end.</param>
/// <param name="RawEntropy">Of the model's own distribution, in bits.</param>
/// <param name="Entropy">Of what is drawn from in the end, in bits.</param>
public sealed record SamplingPicture(IReadOnlyList<TokenChance> Tokens, IReadOnlyList<SamplingStep> Steps, int KeptCount, double RawEntropy, double Entropy);

/// <summary>A token and how likely it is.</summary>
/// <param name="TokenId">The token.</param>
/// <param name="Text">Its characters.</param>
/// <param name="Raw">For the model.</param>
/// <param name="Final">To be drawn, after all steps.</param>
public sealed record TokenChance(int TokenId, string Text, double Raw, double Final);

/// <summary>What one step does to the distribution.</summary>
/// <param name="Stage">The step.</param>
/// <param name="Before">Probabilities of the model's likeliest tokens before it.</param>
/// <param name="After">And after it.</param>
/// <param name="KeptCount">Tokens that can still be drawn after it.</param>
public sealed record SamplingStep(SamplingStage Stage, IReadOnlyList<double> Before, IReadOnlyList<double> After, int KeptCount);
