using TinyLM.Lab.Library;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Security;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Models;

/// <summary>What a run takes over from the model that it begins with: its shape and its tokenizer.</summary>
internal sealed class StartModel(CheckpointShelf shelf, [FromKeyedServices(Guarding.Inside)] ITokenizerLibrary tokenizers) : IStartModel
{
    /// <inheritdoc/>
    public async Task<RunSpec> BeginWithAsync(RunSpec spec, ModelReference model, CancellationToken cancellationToken = default)
    {
        var folder = await Task.Run(() => shelf.Find(model), cancellationToken);
        var path = CheckpointStore.TokenizerPath(folder);
        if (!File.Exists(path)) throw new ModelUnavailableException("The model has no tokenizer, so no text can be cut for it. Import it again together with its tokenizer.");
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(path, cancellationToken)));
        var tokenizer = tokenizers.List().FirstOrDefault(info => info.Sha256 == sha256);
        if (tokenizer is null)
        {
            await using var content = File.OpenRead(path);
            tokenizer = await tokenizers.AddAsync($"Of {model.Id}", [new TokenizerUpload("tokenizer.json", content)], new(), cancellationToken);
        }

        return spec with
        {
            Preset = null,
            StartFrom = model.ToString(),
            Model = ModelFiles.ReadConfig(folder),
            Tokenizer = new TokenizerSpec { Id = tokenizer.Id, Sha256 = tokenizer.Sha256.Length > 0 ? tokenizer.Sha256 : null, VocabularySize = tokenizer.VocabularySize },
        };
    }

    /// <summary>A spec with the shape of the model that it begins with, where it says nothing of a shape.</summary>
    /// <exception cref="InvalidSpecException">There is no such model.</exception>
    public static RunSpec TakeShape(RunSpec spec, CheckpointShelf shelf)
    {
        if (spec.StartFrom is not { } origin) return spec;
        if (!ModelReference.TryParse(origin, out var model)) throw new InvalidSpecException([$"startFrom is '{origin}'; expected run/<id>, run/<id>@<step> or model/<id>."]);
        try
        {
            var config = ModelFiles.ReadConfig(shelf.Find(model));
            return spec.Model == new ModelConfig() ? spec with { Model = config } : spec;
        }
        catch (Exception e) when (e is ModelUnavailableException or CheckpointException)
        {
            throw new InvalidSpecException([e.Message]);
        }
    }
}
