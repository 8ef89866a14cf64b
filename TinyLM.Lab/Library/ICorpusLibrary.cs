using TinyLM.Lab.Security;
using TinyLM.Model.Corpora;

namespace TinyLM.Lab.Library;

/// <summary>The corpora that the lab has: the built-in story world and what people added.</summary>
public interface ICorpusLibrary
{
    /// <summary>All corpora, the built-in one first, then the newest first.</summary>
    [OpenToViewers]
    IReadOnlyList<CorpusInfo> List();

    /// <summary>One corpus, or null where there is none.</summary>
    [OpenToViewers]
    CorpusInfo? Find(string corpusId);

    /// <summary>Reads text or JSONL to the end, checks it and keeps it; holds only a small buffer in memory and leaves nothing behind when it fails or is cancelled.</summary>
    /// <param name="name">What a person calls it, usually the file's name; never used as a path.</param>
    /// <param name="content">The file; the caller disposes it.</param>
    /// <param name="bytesRead">Told how many bytes were read so far.</param>
    /// <exception cref="CorpusFormatException">Empty, binary, not UTF-8, malformed JSON, a document too long: the message says what and where.</exception>
    [Spends(Allowance.Upload)]
    Task<CorpusInfo> AddAsync(string name, Stream content, IProgress<long>? bytesRead, CancellationToken cancellationToken = default);

    /// <summary>The text of some documents, or of some pieces of a running text (<see cref="CorpusInfo.ReadCount"/> says how many there are), each cut to <paramref name="maxCharacters"/> (4,000 at most).</summary>
    /// <exception cref="KeyNotFoundException">There is no such corpus.</exception>
    /// <exception cref="IOException">The corpus cannot be read; it may have been deleted meanwhile.</exception>
    [OpenToViewers]
    Task<IReadOnlyList<DocumentPreview>> PreviewAsync(string corpusId, long first, int count, int maxCharacters, CancellationToken cancellationToken = default);

    /// <summary>The entropy of the corpus's source, measured once and kept; null where it is not known.</summary>
    [OpenToViewers]
    Task<SourceEntropy?> MeasureEntropyAsync(string corpusId, CancellationToken cancellationToken = default);

    /// <summary>Removes a corpus that a person added. Tokens already cut from it stay, and a run that reads it goes on where the system allows it; else it is not removed.</summary>
    /// <exception cref="InvalidOperationException">It is the built-in one, which cannot be removed.</exception>
    Task DeleteAsync(string corpusId, CancellationToken cancellationToken = default);
}

/// <summary>The beginning of a document.</summary>
/// <param name="Index">Its place in the corpus, from 0.</param>
/// <param name="Text">Its text, perhaps cut.</param>
/// <param name="CharacterCount">Characters (UTF-16 units) of the whole document.</param>
public sealed record DocumentPreview(long Index, string Text, long CharacterCount);
