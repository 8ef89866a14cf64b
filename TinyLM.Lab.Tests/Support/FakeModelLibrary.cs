using TinyLM.Lab.Library;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Imported models in memory.</summary>
internal sealed class FakeModelLibrary : IModelLibrary
{
    public List<ImportedModelInfo> Models { get; } = [];

    /// <summary>Why the next import is refused; null lets it in.</summary>
    public string? Refusal { get; set; }

    public List<(string Path, string? Tokenizer)> Imported { get; } = [];

    public static ImportedModelInfo Model(string id, string name, ModelFamily family = ModelFamily.Llama) => new()
    {
        Id = id,
        Name = name,
        Format = family == ModelFamily.Llama ? ModelFormat.Llama2c : ModelFormat.Llmc,
        Source = "source.bin",
        AddedAt = new DateTimeOffset(2026, 3, 14, 9, 26, 53, TimeSpan.Zero),
        ParameterCount = 260_032,
        Model = new ModelConfig { Family = family },
    };

    public IReadOnlyList<ImportedModelInfo> List() => Models;

    public ImportedModelInfo? Find(string modelId) => Models.Find(model => model.Id == modelId);

    public Task<ImportedModelInfo> ImportAsync(string path, string? tokenizerPath, CancellationToken cancellationToken = default)
    {
        Imported.Add((path, tokenizerPath));
        if (Refusal is { } refusal) throw new CheckpointException(refusal);
        Models.Add(Model("new", Path.GetFileName(path)));
        return Task.FromResult(Models[^1]);
    }

    public Task<ImportedModelInfo> ImportAsync(IReadOnlyList<UploadedFile> files, IProgress<long>? bytesRead, CancellationToken cancellationToken = default) =>
        ImportAsync(files[0].Name, null, cancellationToken);

    public Task DeleteAsync(string modelId, CancellationToken cancellationToken = default)
    {
        Models.RemoveAll(model => model.Id == modelId);
        return Task.CompletedTask;
    }
}
