using System.Collections.Concurrent;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Security;
using TinyLM.Model.Data;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Library;

/// <summary>The built-in tokenizers, and those of the data directory as its folders say. Thread-safe.</summary>
internal sealed class TokenizerLibrary : ITokenizerLibrary
{
    /// <summary>Ending of folders that were deleted: they can be taken back until the next start, which removes them.</summary>
    private const string DeletedSuffix = ".deleted";

    private const int MostLoaded = 8;

    private readonly LabDirectory _directory;
    private readonly ICorpusLibrary _corpora;
    private readonly TimeProvider _time;
    private readonly ILogger<TokenizerLibrary> _logger;
    private readonly ConcurrentDictionary<string, (DateTime WrittenAt, TokenizerInfo? Info)> _described = new(StringComparer.Ordinal);
    private readonly List<(string Id, DateTime WrittenAt, Task<TextTokenizer> Tokenizer)> _loaded = []; // the last used last; also the lock of itself

    /// <param name="directory">The data directory; its folders exist.</param>
    /// <param name="corpora">Tell the names of what tokenizers were learned from.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of folders that are no tokenizers.</param>
    public TokenizerLibrary(LabDirectory directory, [FromKeyedServices(Guarding.Inside)] ICorpusLibrary corpora, TimeProvider time, ILogger<TokenizerLibrary> logger)
    {
        (_directory, _corpora, _time, _logger) = (directory, corpora, time, logger);
        foreach (var leftover in Directory.EnumerateDirectories(directory.TokenizersPath, "*" + DeletedSuffix)) Remove(leftover);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TokenizerInfo> List() =>
    [
        .. BuiltInTokenizerInfos.All,
        .. Directory.EnumerateDirectories(_directory.TokenizersPath)
            .Select(folder => Describe(Path.GetFileName(folder))).OfType<TokenizerInfo>()
            .OrderByDescending(info => info.AddedAt).ThenBy(info => info.Id, StringComparer.Ordinal),
    ];

    /// <inheritdoc/>
    public TokenizerInfo? Find(string tokenizerId) => BuiltInTokenizerInfos.Find(tokenizerId) ?? Describe(tokenizerId);

    /// <inheritdoc/>
    public Task<TextTokenizer> OpenAsync(string tokenizerId, CancellationToken cancellationToken = default)
    {
        if (BuiltInTokenizerInfos.Find(tokenizerId) is not null) return Task.Run(() => BuiltInTokenizers.Get(tokenizerId), cancellationToken);
        if (Describe(tokenizerId) is null) throw Missing(tokenizerId);

        var folder = FolderOf(tokenizerId);
        var writtenAt = File.GetLastWriteTimeUtc(folder.TokenizerPath);
        lock (_loaded)
        {
            var index = _loaded.FindIndex(one => one.Id == tokenizerId);
            var known = index >= 0 ? _loaded[index] : default;
            if (index >= 0) _loaded.RemoveAt(index);
            if (index < 0 || known.WrittenAt != writtenAt || known.Tokenizer.IsFaulted) known = (tokenizerId, writtenAt, Task.Run(() => TextTokenizer.Load(folder.TokenizerPath), CancellationToken.None));
            _loaded.Add(known);
            if (_loaded.Count > MostLoaded) _loaded.RemoveAt(0);
            return known.Tokenizer.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<TokenizerInfo> AddAsync(string name, IReadOnlyList<TokenizerUpload> files, TokenizerImportOptions options, CancellationToken cancellationToken = default)
    {
        var contents = new List<ExportedFile>();
        foreach (var file in files) contents.Add(new ExportedFile(file.Name, await ReadAsync(file, cancellationToken)));
        return await Task.Run(() =>
        {
            var (tokenizer, format) = TokenizerImport.Read(contents, options);
            if (BuiltInTokenizers.Ids.FirstOrDefault(id => ReferenceEquals(BuiltInTokenizers.Find(id), tokenizer)) is { } builtIn) return BuiltInTokenizerInfos.Find(builtIn)!; // OpenAI's own file
            return Keep(tokenizer, new TokenizerInfo
            {
                Id = TokenizerFolder.NewId(_time.GetUtcNow()),
                Name = TokenizerFolder.NameFrom(name),
                Origin = TokenizerOrigin.Imported,
                AddedAt = _time.GetUtcNow(),
                Description = $"Added from {string.Join(" and ", contents.Select(file => $"“{TokenizerFolder.NameFrom(file.Name)}”"))}, {BuiltInTokenizerInfos.Words(format)}.",
            });
        }, cancellationToken);
    }

    /// <summary>Puts a tokenizer into the library.</summary>
    /// <returns>Its description.</returns>
    public TokenizerInfo Keep(TextTokenizer tokenizer, TokenizerInfo info)
    {
        DurableFolder.Create(FolderOf(info.Id).Path, folder => info = new TokenizerFolder(folder).Fill(tokenizer, info));
        return info;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TokenizerExportChoice>> ExportChoicesAsync(string tokenizerId, CancellationToken cancellationToken = default)
    {
        var tokenizer = await OpenAsync(tokenizerId, cancellationToken);
        return await Task.Run(() => TokenizerExport.Choices(tokenizer), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ExportedFile>> ExportAsync(string tokenizerId, TokenizerFormat format, CancellationToken cancellationToken = default)
    {
        var tokenizer = await OpenAsync(tokenizerId, cancellationToken);
        return await Task.Run(() => TokenizerExport.Write(tokenizer, format), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<VocabularyStatistics> CountAsync(string tokenizerId, string corpusId, long? bytes, IProgress<double>? progress, CancellationToken cancellationToken = default)
    {
        var tokenizer = await OpenAsync(tokenizerId, cancellationToken);
        if (_corpora.Find(corpusId) is null) throw new KeyNotFoundException("There is no such corpus; it may have been deleted.");
        return await Task.Run(() => VocabularyCounter.Count(tokenizer, CorpusSource.Open(_directory, new DataSpec { Corpus = corpusId }), bytes, progress, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task RenameAsync(string tokenizerId, string name, CancellationToken cancellationToken = default)
    {
        ThrowIfBuiltIn(tokenizerId, "renamed");
        if (Describe(tokenizerId) is null) throw Missing(tokenizerId);
        return Task.Run(() =>
        {
            var folder = FolderOf(tokenizerId);
            folder.WriteInfo(folder.ReadInfo() with { Name = TokenizerFolder.NameFrom(name) });
            _described.TryRemove(tokenizerId, out _); // the file's time may be too coarse to tell
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string tokenizerId, CancellationToken cancellationToken = default)
    {
        ThrowIfBuiltIn(tokenizerId, "deleted");
        if (Describe(tokenizerId) is null) return Task.CompletedTask;

        lock (_loaded) _loaded.RemoveAll(one => one.Id == tokenizerId);
        _described.TryRemove(tokenizerId, out _);
        return Task.Run(() => Move(FolderOf(tokenizerId).Path, AsideOf(tokenizerId)), cancellationToken);
    }

    /// <inheritdoc/>
    public Task RestoreAsync(string tokenizerId, CancellationToken cancellationToken = default)
    {
        if (!LabDirectory.IsName(tokenizerId) || !Directory.Exists(AsideOf(tokenizerId))) throw Missing(tokenizerId);
        return Task.Run(() => Move(AsideOf(tokenizerId), FolderOf(tokenizerId).Path), cancellationToken);
    }

    private static async Task<byte[]> ReadAsync(TokenizerUpload file, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = await file.Content.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (content.Length + read > TokenizerImport.LargestFile) throw new TokenizerFormatException($"{file.Name}: the file has more than {TokenizerImport.LargestFile} bytes, which no tokenizer's file has.");
            content.Write(buffer, 0, read);
        }
        return content.ToArray();
    }

    private static void ThrowIfBuiltIn(string tokenizerId, string what)
    {
        if (BuiltInTokenizerInfos.Find(tokenizerId) is not null) throw new InvalidOperationException($"The built-in tokenizers belong to the lab and cannot be {what}.");
    }

    private static KeyNotFoundException Missing(string tokenizerId) => new($"There is no tokenizer '{tokenizerId}' in the library; it may have been deleted.");

    /// <summary>The description of a folder, read again when it was written again; null where it is none, which the log hears of once.</summary>
    private TokenizerInfo? Describe(string tokenizerId)
    {
        if (!LabDirectory.IsName(tokenizerId) || tokenizerId.Contains('.', StringComparison.Ordinal) || BuiltInTokenizerInfos.Find(tokenizerId) is not null) return null; // being written or removed, or a run's copy of a built-in one
        var folder = FolderOf(tokenizerId);
        if (!Directory.Exists(folder.Path)) return null;
        var writtenAt = File.GetLastWriteTimeUtc(folder.InfoPath);
        if (!_described.TryGetValue(tokenizerId, out var known) || known.WrittenAt != writtenAt) _described[tokenizerId] = known = (writtenAt, ReadInfo(tokenizerId, folder));
        if (known.Info is not { } info) return null;
        return info.Name.Length > 0 ? info : info with { Name = NameOf(info) };
    }

    private TokenizerInfo? ReadInfo(string tokenizerId, TokenizerFolder folder)
    {
        try
        {
            if (!File.Exists(folder.TokenizerPath)) throw new FileNotFoundException("There is no tokenizer.json.");
            var info = folder.ReadInfo() with { Id = tokenizerId };
            return info with
            {
                VocabularySize = info.VocabularySize > 0 ? info.VocabularySize : info.Spec?.VocabularySize ?? 0,
                Sha256 = info.Sha256.Length > 0 ? info.Sha256 : folder.Sha256(),
                AddedAt = info.AddedAt ?? new DateTimeOffset(File.GetLastWriteTimeUtc(folder.TokenizerPath)),
                Description = info.Description.Length > 0 ? info.Description : "Learned by a run from its corpus.",
            };
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            _logger.LogWarning("The folder '{Folder}' is no tokenizer that this lab can read, and the list of tokenizers leaves it out. {Problem}", folder.Path, e.Message);
            return null;
        }
    }

    private string NameOf(TokenizerInfo info) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(info.Corpus is { } corpus ? _corpora.Find(corpus)?.Name ?? "A deleted corpus" : "Unnamed")}, {info.VocabularySize:N0} tokens");

    private void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.LogWarning("'{Folder}' could not be removed yet; the next start of the lab tries again. {Problem}", folder, e.Message);
        }
    }

    private void Move(string from, string to)
    {
        Directory.Move(from, to); // one rename: a crash leaves it here or there, whole
        _directory.Files.FlushDirectory(_directory.TokenizersPath);
    }

    private string AsideOf(string tokenizerId) => FolderOf(tokenizerId).Path + DeletedSuffix;

    private TokenizerFolder FolderOf(string tokenizerId) => new(Path.Combine(_directory.TokenizersPath, tokenizerId));
}
