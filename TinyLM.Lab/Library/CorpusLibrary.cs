using System.Collections.Concurrent;
using TinyLM.Lab.Hosting;
using TinyLM.Model.Corpora;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;

namespace TinyLM.Lab.Library;

/// <summary>The story world, and the corpora of the data directory as its folders say. Thread-safe.</summary>
internal sealed class CorpusLibrary : ICorpusLibrary, IDisposable
{
    /// <summary>Ending of folders that are being removed; a crash in between leaves one, as one while importing does, and the next start removes both.</summary>
    private const string DeletedSuffix = ".deleted";

    private const int EntropyStories = 10_000;
    private const int LargestPage = 100;
    private static readonly TimeSpan s_idleTime = TimeSpan.FromMinutes(1);

    private readonly LabDirectory _directory;
    private readonly TimeProvider _time;
    private readonly ILogger<CorpusLibrary> _logger;
    private readonly Dictionary<string, BuiltIn> _builtIn = StorySet.All.ToDictionary(stories => stories.Id, stories => new BuiltIn(stories), StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (DateTime WrittenAt, StoredCorpus? Corpus)> _opened = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DocumentPager Pager, long UsedAt)> _pagers = new(StringComparer.Ordinal); // also the lock of itself
    private readonly ITimer _idleTimer;

    /// <param name="directory">The data directory; its folders exist.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of folders that are no corpora.</param>
    public CorpusLibrary(LabDirectory directory, TimeProvider time, ILogger<CorpusLibrary> logger)
    {
        (_directory, _time, _logger) = (directory, time, logger);
        _idleTimer = time.CreateTimer(_ => CloseIdle(), null, s_idleTime, s_idleTime);
        foreach (var suffix in (string[])[DeletedSuffix, DurableFolder.UnfinishedSuffix])
            foreach (var leftover in Directory.EnumerateDirectories(directory.CorporaPath, "*" + suffix)) Remove(leftover);
    }

    /// <inheritdoc/>
    public IReadOnlyList<CorpusInfo> List() =>
    [
        .. StorySet.All.Select(stories => _builtIn[stories.Id].Corpus.Info),
        .. Directory.EnumerateDirectories(_directory.CorporaPath)
            .Select(folder => Open(Path.GetFileName(folder))?.Info).OfType<CorpusInfo>()
            .OrderByDescending(info => info.AddedAt).ThenBy(info => info.Id, StringComparer.Ordinal),
    ];

    /// <inheritdoc/>
    public CorpusInfo? Find(string corpusId) => OpenAny(corpusId)?.Info;

    /// <inheritdoc/>
    public Task<CorpusInfo> AddAsync(string name, Stream content, IProgress<long>? bytesRead, CancellationToken cancellationToken = default) =>
        Task.Run(() => CorpusImporter.ImportAsync(name, content, _directory.CorporaPath, bytesRead, _time, cancellationToken), cancellationToken); // checking costs time, and the circuit has other things to do

    /// <inheritdoc/>
    public Task<IReadOnlyList<DocumentPreview>> PreviewAsync(string corpusId, long first, int count, int maxCharacters, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        count = Math.Min(count, LargestPage);
        maxCharacters = Math.Clamp(maxCharacters, 0, DocumentPager.MaxCharacters);
        return Task.Run<IReadOnlyList<DocumentPreview>>(
            () => _builtIn.TryGetValue(corpusId, out var stories) ? stories.Preview(first, count, maxCharacters) : PagerOf(corpusId).Read(first, count, maxCharacters, cancellationToken),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<SourceEntropy?> MeasureEntropyAsync(string corpusId, CancellationToken cancellationToken = default) =>
        _builtIn.TryGetValue(corpusId, out var stories) ? await stories.Entropy.WaitAsync(cancellationToken) : null;

    /// <inheritdoc/>
    public Task DeleteAsync(string corpusId, CancellationToken cancellationToken = default)
    {
        if (_builtIn.ContainsKey(corpusId)) throw new InvalidOperationException("The built-in stories belong to the lab and cannot be deleted.");
        if (Open(corpusId) is null) return Task.CompletedTask;

        lock (_pagers)
            if (_pagers.Remove(corpusId, out var open)) open.Pager.Dispose(); // an open file would hold the folder on Windows
        _opened.TryRemove(corpusId, out _);
        var aside = FolderOf(corpusId) + DeletedSuffix;
        try
        {
            Directory.Move(FolderOf(corpusId), aside); // gone at once; who has it open reads on
        }
        catch (IOException e) when (OperatingSystem.IsWindows())
        {
            throw new IOException("A run reads this corpus now; it can be deleted when the run has cut it into tokens.", e);
        }
        return Task.Run(() => Remove(aside), cancellationToken);
    }

    /// <summary>Closes what is open.</summary>
    public void Dispose()
    {
        _idleTimer.Dispose();
        lock (_pagers)
        {
            foreach (var (pager, _) in _pagers.Values) pager.Dispose();
            _pagers.Clear();
        }
    }

    private ICorpus? OpenAny(string corpusId) => _builtIn.TryGetValue(corpusId, out var stories) ? stories.Corpus : Open(corpusId);

    /// <summary>The corpus of a folder, read again when its description was written again; null where it is none, which the log hears of once.</summary>
    private StoredCorpus? Open(string corpusId)
    {
        if (!LabDirectory.IsName(corpusId) || corpusId.Contains('.', StringComparison.Ordinal)) return null; // being written, or being removed
        var description = Path.Combine(FolderOf(corpusId), "corpus.json");
        if (!Directory.Exists(FolderOf(corpusId))) return null;
        var writtenAt = File.GetLastWriteTimeUtc(description); // a date of its own where it is missing
        if (_opened.TryGetValue(corpusId, out var known) && known.WrittenAt == writtenAt) return known.Corpus;

        StoredCorpus? corpus = null;
        try
        {
            corpus = StoredCorpus.Open(FolderOf(corpusId));
        }
        catch (Exception e) when (e is CorpusFormatException or InvalidDataException or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            _logger.LogWarning("The folder '{Folder}' is no corpus that this lab can read, and the list of corpora leaves it out. {Problem}", FolderOf(corpusId), e.Message);
        }
        _opened[corpusId] = (writtenAt, corpus);
        return corpus;
    }

    private DocumentPager PagerOf(string corpusId)
    {
        lock (_pagers)
        {
            var pager = _pagers.TryGetValue(corpusId, out var open) ? open.Pager
                : new DocumentPager(Open(corpusId) ?? throw new KeyNotFoundException("There is no such corpus; it may have been deleted."));
            _pagers[corpusId] = (pager, _time.GetTimestamp());
            return pager;
        }
    }

    private void CloseIdle()
    {
        lock (_pagers)
        {
            foreach (var (id, (pager, usedAt)) in _pagers.ToList())
            {
                if (_time.GetElapsedTime(usedAt) < s_idleTime) continue;
                _pagers.Remove(id);
                pager.Dispose();
            }
        }
    }

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

    private string FolderOf(string corpusId) => Path.Combine(_directory.CorporaPath, corpusId);

    /// <summary>A collection of stories as the library shows it: with the seed and size that a run takes by default.</summary>
    private sealed class BuiltIn
    {
        private static readonly ulong s_seed = new DataSpec().StorySeed;
        private readonly StorySet _stories;
        private readonly Lazy<Task<SourceEntropy>> _entropy;

        public BuiltIn(StorySet stories)
        {
            _stories = stories;
            Corpus = new StoryCorpus(stories, s_seed, new DataSpec().StoryBytes);
            _entropy = new Lazy<Task<SourceEntropy>>(() => Task.Run(Measure));
        }

        public StoryCorpus Corpus { get; }

        public Task<SourceEntropy> Entropy => _entropy.Value;

        /// <summary>Each story stands by itself: no need to read up to it.</summary>
        public DocumentPreview[] Preview(long first, int count, int maxCharacters)
        {
            var rest = Math.Max(0, Corpus.Info.DocumentCount - first);
            return [.. Enumerable.Range(0, (int)Math.Min(count, rest)).Select(i =>
            {
                var text = StoryGenerator.Write(_stories, s_seed, first + i).Text;
                return new DocumentPreview(first + i, text[..Math.Min(text.Length, maxCharacters)], text.Length);
            })];
        }

        private SourceEntropy Measure()
        {
            var measured = StoryEntropy.Measure(_stories, s_seed, EntropyStories);
            return new SourceEntropy
            {
                BitsPerByte = measured.BitsPerByte,
                StandardError = measured.StandardError,
                BitsPerDocument = measured.BitsPerStory,
                DocumentCount = measured.StoryCount,
                IsUpperBound = StoryCorpus.EntropyIsUpperBound,
            };
        }
    }
}
