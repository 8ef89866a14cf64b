using System.Text;
using System.Text.Json;
using TinyLM.Model.Corpora.Texts;
using TinyLM.Model.Runs;

namespace TinyLM.Model.Corpora;

/// <summary>A corpus that somebody added, read from its folder. Any number of readers at once.</summary>
public sealed class StoredCorpus : ICorpus
{
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _folder;

    private StoredCorpus(string folder, CorpusInfo info) => (_folder, Info) = (folder, info);

    /// <inheritdoc/>
    public CorpusInfo Info { get; }

    /// <summary>Reads what the corpus is; its documents are read later.</summary>
    /// <param name="folder">As <see cref="CorpusImporter"/> wrote it; its name is the id.</param>
    /// <exception cref="CorpusFormatException">A file of it is missing or damaged.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static StoredCorpus Open(string folder)
    {
        foreach (var name in (string[])[TextRules.InfoFile, TextRules.DocumentsFile])
            if (!File.Exists(Path.Combine(folder, name))) throw Damaged(folder, $"Expected a file {name}, found none");

        CorpusInfo? info;
        try
        {
            info = JsonSerializer.Deserialize<CorpusInfo>(File.ReadAllBytes(Path.Combine(folder, TextRules.InfoFile)), RunJson.Indented);
        }
        catch (JsonException e)
        {
            throw Damaged(folder, $"Expected the description of a corpus in {TextRules.InfoFile}, found something else ({e.Message})", e);
        }

        if (info is null || info.Kind == CorpusKind.Stories || info.DocumentCount < 1 || info.ByteCount < 1 || info.PieceCount < 1)
            throw Damaged(folder, $"Expected the kind text or jsonLines and positive counts in {TextRules.InfoFile}, found others");
        return new StoredCorpus(folder, info with { Id = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) });
    }

    /// <summary>Streams the documents, or the pieces of a running text, which together are the text to the letter.</summary>
    /// <exception cref="CorpusFormatException">The file is no longer what was added; whoever reads to the end is told, however small the difference.</exception>
    /// <exception cref="IOException">The file cannot be read; it may have been deleted.</exception>
    public IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default)
    {
        using var file = new FileStream(Path.Combine(_folder, TextRules.DocumentsFile), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        using var scanner = new DocumentScanner(file, isRunning: Info.PieceCount is not null);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!scanner.MoveNext()) break;
            yield return new Document(Decode(scanner.Current), ContinuesPrevious: scanner.ContinuesPrevious);
        }

        if (scanner.Hash() is var found && found != Info.Sha256)
            throw Damaged(_folder, $"Expected the SHA-256 {Info.Sha256} of {TextRules.DocumentsFile}, found {found}: it was changed since it was added");
    }

    private string Decode(ReadOnlySpan<byte> text)
    {
        try
        {
            return s_strictUtf8.GetString(text);
        }
        catch (DecoderFallbackException e)
        {
            throw Damaged(_folder, $"Expected UTF-8 in {TextRules.DocumentsFile}, found other bytes: it was changed since it was added", e);
        }
    }

    private static CorpusFormatException Damaged(string folder, string what, Exception? cause = null) =>
        new($"The corpus in '{folder}' is damaged. {what}. Delete it and add the text again.", cause);
}
