using TinyLM.Lab.Security;
using TinyLM.Model.Data;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Library;

/// <summary>The tokenizers that the lab has: built-in ones, those that runs or people had learned, and those that people added. Thread-safe.</summary>
public interface ITokenizerLibrary
{
    /// <summary>All tokenizers: the built-in ones first, then the newest first.</summary>
    [OpenToViewers]
    IReadOnlyList<TokenizerInfo> List();

    /// <summary>One tokenizer, or null where there is none.</summary>
    [OpenToViewers]
    TokenizerInfo? Find(string tokenizerId);

    /// <summary>Loads a tokenizer, or finds it loaded.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tokenizer.</exception>
    /// <exception cref="TokenizerFormatException">Its file is damaged; the message names file and place.</exception>
    /// <exception cref="IOException">Its file cannot be read.</exception>
    [OpenToViewers]
    Task<TextTokenizer> OpenAsync(string tokenizerId, CancellationToken cancellationToken = default);

    /// <summary>Adds a tokenizer from files that a person gives; nothing is kept when they are not sound.</summary>
    /// <param name="name">What a person calls it; never used as a path.</param>
    /// <param name="files">One file, or <c>vocab.json</c> and <c>merges.txt</c>.</param>
    /// <param name="options">What the files do not say.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    /// <exception cref="TokenizerFormatException">Malformed, or of a kind that the lab does not know: the message names file and place.</exception>
    [Spends(Allowance.Upload)]
    Task<TokenizerInfo> AddAsync(string name, IReadOnlyList<TokenizerUpload> files, TokenizerImportOptions options, CancellationToken cancellationToken = default);

    /// <summary>The formats that a tokenizer can be written in, and why it cannot be in the others.</summary>
    [OpenToViewers]
    Task<IReadOnlyList<TokenizerExportChoice>> ExportChoicesAsync(string tokenizerId, CancellationToken cancellationToken = default);

    /// <summary>Writes a tokenizer in a format of another program.</summary>
    /// <returns>The files: one, or two for <c>vocab.json</c> and <c>merges.txt</c>.</returns>
    /// <exception cref="NotSupportedException">The format cannot say what the tokenizer does; the message says what.</exception>
    [OpenToViewers]
    Task<IReadOnlyList<ExportedFile>> ExportAsync(string tokenizerId, TokenizerFormat format, CancellationToken cancellationToken = default);

    /// <summary>Counts how often each token occurs in a corpus.</summary>
    /// <param name="tokenizerId">The tokenizer.</param>
    /// <param name="corpusId">The corpus.</param>
    /// <param name="bytes">How much of it, from its start; null for all.</param>
    /// <param name="progress">Told the fraction that is done.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="KeyNotFoundException">There is no such tokenizer or corpus.</exception>
    [OpenToViewers]
    Task<VocabularyStatistics> CountAsync(string tokenizerId, string corpusId, long? bytes, IProgress<double>? progress, CancellationToken cancellationToken = default);

    /// <summary>Gives a tokenizer another name.</summary>
    /// <exception cref="InvalidOperationException">It is a built-in one.</exception>
    /// <exception cref="KeyNotFoundException">There is no such tokenizer.</exception>
    Task RenameAsync(string tokenizerId, string name, CancellationToken cancellationToken = default);

    /// <summary>Removes a tokenizer; runs that have begun keep their copy of it. Until the lab starts again it can be taken back.</summary>
    /// <exception cref="InvalidOperationException">It is a built-in one.</exception>
    Task DeleteAsync(string tokenizerId, CancellationToken cancellationToken = default);

    /// <summary>Takes a deleted tokenizer back.</summary>
    /// <exception cref="KeyNotFoundException">It is gone for good.</exception>
    Task RestoreAsync(string tokenizerId, CancellationToken cancellationToken = default);
}

/// <summary>A file that a person gives.</summary>
/// <param name="Name">Its name; never used as a path.</param>
/// <param name="Content">Its content; the caller disposes it.</param>
public sealed record TokenizerUpload(string Name, Stream Content);
