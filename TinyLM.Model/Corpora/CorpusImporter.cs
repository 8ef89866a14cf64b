using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using TinyLM.Model.Corpora.Texts;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;

namespace TinyLM.Model.Corpora;

/// <summary>Brings files of text into the lab. docs/formats.md, "corpora", tells what is taken and how it is kept.</summary>
public static class CorpusImporter
{
    private const int LongestName = 200;
    private static readonly string[] s_jsonEndings = [".jsonl", ".ndjson", ".json"];

    /// <summary>Reads a file to its end, checks it and keeps it under a new id; nothing is left of it when that fails or is cancelled.</summary>
    /// <param name="name">What a person calls it, usually the file's name. Its ending may say that it is JSON lines; it is never used as a path.</param>
    /// <param name="content">Plain text or JSON lines, in UTF-8; the caller disposes it. Memory is bounded by the longest document, not by the file.</param>
    /// <param name="corporaPath">The folder that corpora lie in; it exists.</param>
    /// <param name="bytesRead">Told how many bytes were read so far.</param>
    /// <param name="clock">Says when it was added.</param>
    /// <param name="cancellationToken">Checked with each block.</param>
    /// <exception cref="CorpusFormatException">Empty, binary, not UTF-8, malformed JSON, a document too long: the message says what and where.</exception>
    /// <exception cref="IOException">The file cannot be read, or the disk is full.</exception>
    public static async Task<CorpusInfo> ImportAsync(
        string name, Stream content, string corporaPath, IProgress<long>? bytesRead, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        var addedAt = clock.GetUtcNow();
        var random = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var id = string.Create(CultureInfo.InvariantCulture, $"{addedAt.UtcDateTime:yyyyMMdd-HHmmss}-{random}");

        CorpusInfo? info = null;
        await DurableFolder.CreateAsync(Path.Combine(corporaPath, id), async folder =>
        {
            var documents = Path.Combine(folder, TextRules.DocumentsFile);
            var (kind, fields) = await StoreAsync(name, new Utf8Source(content, bytesRead), documents, cancellationToken).ConfigureAwait(false);
            var counted = Count(documents, kind, cancellationToken);
            info = new CorpusInfo
            {
                Id = id,
                Name = NameFrom(name),
                Kind = kind,
                DocumentCount = counted.Documents,
                PieceCount = counted.Pieces,
                ByteCount = counted.Bytes,
                Sha256 = counted.Sha256,
                AddedAt = addedAt,
                Description = kind == CorpusKind.JsonLines ? $"JSON lines; the documents are from the field {string.Join(", ", fields.Select(field => $"“{field}”"))}."
                    : counted.Pieces is null ? "Plain text with lines <|endoftext|> between its documents."
                    : "Plain text that runs on from beginning to end.",
            };
            File.WriteAllText(Path.Combine(folder, TextRules.InfoFile), JsonSerializer.Serialize(info, RunJson.Indented));
        }).ConfigureAwait(false);
        return info!;
    }

    /// <summary>Writes what is read as normalised text.</summary>
    private static async Task<(CorpusKind Kind, IReadOnlyCollection<string> Fields)> StoreAsync(string name, Utf8Source source, string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 20);
        var block = await source.ReadAsync(cancellationToken).ConfigureAwait(false);
        var isJson = s_jsonEndings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) || JsonLinesParser.IsFirstLineAnObject(block.Span);
        var parser = new JsonLinesParser(file);
        for (; block.Length > 0; block = await source.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (isJson) parser.Add(block.Span);
            else await file.WriteAsync(block, cancellationToken).ConfigureAwait(false);
        }

        if (isJson) parser.End();
        return (isJson ? CorpusKind.JsonLines : CorpusKind.Text, parser.UsedFields);
    }

    /// <summary>Counts what a reader will find; what was just written is in memory still.</summary>
    private static (long Documents, long? Pieces, long Bytes, string Sha256) Count(string path, CorpusKind kind, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        var isRunning = kind == CorpusKind.Text && !DocumentScanner.HasSeparator(file, cancellationToken);
        file.Position = 0;
        using var scanner = new DocumentScanner(file, isRunning);
        var (count, bytes, hasText) = (0L, 0L, false);
        for (; scanner.MoveNext(); count++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bytes += scanner.Current.Length;
            hasText = hasText || scanner.Current.ContainsAnyExcept(TextRules.WhiteSpace);
        }

        if (!hasText) throw new CorpusFormatException($"Expected a text, found nothing but white space{(isRunning ? "" : " between the documents' borders")}. Choose another file.");
        return (isRunning ? 1 : count, isRunning ? count : null, bytes, scanner.Hash());
    }

    private static string NameFrom(string name)
    {
        name = name.Trim();
        if (name.Length == 0) return "Unnamed";
        return name.Length <= LongestName ? name : name[..(char.IsHighSurrogate(name[LongestName - 1]) ? LongestName - 1 : LongestName)];
    }
}
