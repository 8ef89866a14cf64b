using TinyLM.Lab.Security;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Lab.Library;

/// <summary>The models that were taken in from other programs.</summary>
public interface IModelLibrary
{
    /// <summary>All of them, the newest first.</summary>
    [OpenToViewers]
    IReadOnlyList<ImportedModelInfo> List();

    /// <summary>One of them, or null where there is none.</summary>
    [OpenToViewers]
    ImportedModelInfo? Find(string modelId);

    /// <summary>Takes in a file or folder of the machine that the lab runs on.</summary>
    /// <param name="path">Its path there.</param>
    /// <param name="tokenizerPath">Its tokenizer's, in any form that the lab reads; null to take the one in the folder, if any.</param>
    /// <exception cref="CheckpointException">It is no model that the lab reads; the message names file and place. Nothing is kept.</exception>
    [Spends(Allowance.Upload)]
    Task<ImportedModelInfo> ImportAsync(string path, string? tokenizerPath, CancellationToken cancellationToken = default);

    /// <summary>Takes in files that arrive as streams: one of llm.c or llama2.c, perhaps with a tokenizer, or those of a folder of Hugging Face.</summary>
    /// <param name="files">Names and contents; the names are never used as paths.</param>
    /// <param name="bytesRead">Told how many bytes were read so far.</param>
    /// <exception cref="CheckpointException">They are no model that the lab reads. Nothing is kept.</exception>
    [Spends(Allowance.Upload)]
    Task<ImportedModelInfo> ImportAsync(IReadOnlyList<UploadedFile> files, IProgress<long>? bytesRead, CancellationToken cancellationToken = default);

    /// <summary>Removes an imported model.</summary>
    Task DeleteAsync(string modelId, CancellationToken cancellationToken = default);
}

/// <summary>A file that arrives as a stream.</summary>
/// <param name="Name">Its name, without a path.</param>
/// <param name="Open">Opens its content.</param>
public sealed record UploadedFile(string Name, Func<CancellationToken, Stream> Open);
