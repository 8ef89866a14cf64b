using TinyLM.Lab.Models;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Every model is a Llama of 2 layers with a tokenizer of 300 tokens; one called "bad" is damaged.</summary>
public sealed class FakeStartModel : IStartModel
{
    /// <inheritdoc/>
    public Task<RunSpec> BeginWithAsync(RunSpec spec, ModelReference model, CancellationToken cancellationToken = default) => model.Id == "bad"
        ? throw new ModelUnavailableException("The model is damaged.")
        : Task.FromResult(spec with
        {
            Preset = null,
            StartFrom = model.ToString(),
            Model = spec.Model with { Family = TinyLM.Model.Architectures.ModelFamily.Llama, LayerCount = 2, VocabularySize = 300 },
            Tokenizer = new TokenizerSpec { Id = "theirs", VocabularySize = 300 },
        });
}
