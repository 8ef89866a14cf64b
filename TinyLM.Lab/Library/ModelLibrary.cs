using TinyLM.Lab.Hosting;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Lab.Library;

/// <summary>Imported models in their folders.</summary>
/// <param name="directory">Where they lie.</param>
/// <param name="time">Tells when one was added.</param>
/// <param name="logger">Told of folders that cannot be read.</param>
internal sealed class ModelLibrary(LabDirectory directory, TimeProvider time, ILogger<ModelLibrary> logger) : IModelLibrary
{
    private const string DeletedSuffix = ".deleted";
    private const string UploadSuffix = ".upload";
    private const int CopyBytes = 1 << 20;

    /// <inheritdoc/>
    public IReadOnlyList<ImportedModelInfo> List() => !Directory.Exists(directory.ModelsPath) ? [] :
    [
        .. Directory.EnumerateDirectories(directory.ModelsPath).Select(folder => Find(Path.GetFileName(folder))).OfType<ImportedModelInfo>()
            .OrderByDescending(info => info.AddedAt).ThenBy(info => info.Id, StringComparer.Ordinal),
    ];

    /// <inheritdoc/>
    public ImportedModelInfo? Find(string modelId)
    {
        if (directory.FindModel(modelId) is not { } folder) return null;
        try
        {
            return ModelImporter.ReadInfo(folder) is { } info ? info with { Id = modelId } : null;
        }
        catch (CheckpointException e)
        {
            logger.LogWarning("The list of models leaves out '{Folder}'. {Problem}", folder, e.Message);
            return null;
        }
    }

    /// <inheritdoc/>
    public Task<ImportedModelInfo> ImportAsync(string path, string? tokenizerPath, CancellationToken cancellationToken = default) =>
        Task.Run(() => ModelImporter.Import(path, "", tokenizerPath, directory.ModelsPath, time), cancellationToken); // reading costs time, and the circuit has other things to do

    /// <inheritdoc/>
    public async Task<ImportedModelInfo> ImportAsync(IReadOnlyList<UploadedFile> files, IProgress<long>? bytesRead, CancellationToken cancellationToken = default)
    {
        if (files.Count == 0) throw new ArgumentException("There is no file to take in.", nameof(files));
        if (files.FirstOrDefault(file => !LabDirectory.IsName(file.Name)) is { } odd) throw new CheckpointException($"'{odd.Name}' is no file's name.");
        var folder = Path.Combine(directory.ModelsPath, Guid.NewGuid().ToString("N") + UploadSuffix);
        Directory.CreateDirectory(folder);
        try
        {
            var total = 0L;
            foreach (var file in files)
            {
                await using var content = file.Open(cancellationToken);
                await using var target = new FileStream(Path.Combine(folder, file.Name), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, useAsync: true);
                var buffer = new byte[CopyBytes];
                int read;
                while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
                {
                    await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                    bytesRead?.Report(total += read);
                }
            }
            return await Task.Run(
                () =>
                {
                    var (source, tokenizer) = Sort(folder);
                    return ModelImporter.Import(source, source == folder ? "Uploaded model" : "", tokenizer, directory.ModelsPath, time);
                },
                cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string modelId, CancellationToken cancellationToken = default)
    {
        if (directory.FindModel(modelId) is not { } folder) return Task.CompletedTask;
        var aside = folder + DeletedSuffix;
        Directory.Move(folder, aside); // gone at once; who has it open reads on
        return Task.Run(() => Directory.Delete(aside, recursive: true), cancellationToken);
    }

    /// <summary>A folder with config.json is one model; else the largest file is the model and another its tokenizer.</summary>
    private static (string Source, string? Tokenizer) Sort(string folder)
    {
        if (File.Exists(Path.Combine(folder, "config.json"))) return (folder, null);
        var files = new DirectoryInfo(folder).EnumerateFiles().OrderByDescending(file => file.Length).Select(file => file.FullName).ToList();
        return files switch
        {
            [var model] => (model, null),
            [var model, var tokenizer] => (model, tokenizer),
            _ => throw new CheckpointException($"{files.Count} files came without a config.json; expected a model's file, perhaps with a tokenizer's, or all files of a folder of Hugging Face."),
        };
    }
}
