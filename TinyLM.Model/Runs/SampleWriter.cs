using TinyLM.Model.Checkpoints;
using TinyLM.Model.Generation;
using TinyLM.Model.Inference;
using TinyLM.Model.Training;

namespace TinyLM.Model.Runs;

/// <summary>Lets a model in training continue the run's prompts, by managed inference over a snapshot of its weights.</summary>
/// <param name="spec">Prompts and seed.</param>
/// <param name="material">The way from text to tokens and back.</param>
internal sealed class SampleWriter(RunSpec spec, RunMaterial material)
{
    /// <summary>Softmax temperature.</summary>
    public const double Temperature = 0.8;

    /// <summary>A few lines: enough to see what was learned, and far shorter than the steps between two samples.</summary>
    private const int MaxTokens = 160;

    /// <summary>What the model writes for each prompt: the same for the same weights, seed and step.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between tokens.</exception>
    public IEnumerable<(string Prompt, string Text)> Write(ModelWeights weights, int step, CancellationToken ct)
    {
        var model = LanguageModel.Create(weights);
        foreach (var (index, prompt) in spec.SamplePrompts.Index())
        {
            var settings = new SamplingSettings
            {
                Temperature = Temperature,
                MaxTokens = MaxTokens,
                Seed = SeedSequence.Derive(spec.Training.Seed, SeedSequence.Purpose.Samples, ((ulong)step << 8) | (uint)index),
            };
            int[] ids = prompt.Length == 0 ? [] : [material.EndOfTextId, .. material.Encode(prompt)];
            var written = TokenGenerator.Generate(model, ids, settings, material.EndOfTextId, ct).Select(token => token.Id)
                .TakeWhile(id => id != material.EndOfTextId).ToList();
            yield return (prompt, material.Decode(written));
        }
    }
}
