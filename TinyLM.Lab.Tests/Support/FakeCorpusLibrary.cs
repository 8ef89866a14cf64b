using System.Text;
using TinyLM.Lab.Library;
using TinyLM.Model.Corpora;

namespace TinyLM.Lab.Tests.Support;

/// <summary>A library in memory: every line of an added text is a document.</summary>
public sealed class FakeCorpusLibrary : ICorpusLibrary
{
    private readonly List<(CorpusInfo Info, string[] Documents)> _added = [];

    /// <summary>Thrown by the next addition after it has read its first bytes, if set.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>Held until a test lets additions go on, if set.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>What is known of the stories' entropy.</summary>
    public SourceEntropy Entropy { get; set; } = new() { BitsPerByte = 0.7123, StandardError = 0.0008, BitsPerDocument = 610, DocumentCount = 10_000, IsUpperBound = false };

    private static CorpusInfo Stories { get; } = new()
    {
        Id = "stories",
        Name = "Story world",
        Kind = CorpusKind.Stories,
        DocumentCount = 9_800,
        ByteCount = 8_000_000,
        Description = "Short children's stories, written by the lab itself; their entropy is known.",
    };

    /// <inheritdoc/>
    public IReadOnlyList<CorpusInfo> List() => [Stories, .. _added.Select(corpus => corpus.Info)];

    /// <inheritdoc/>
    public CorpusInfo? Find(string corpusId) => List().FirstOrDefault(corpus => corpus.Id == corpusId);

    /// <summary>Adds a text at once.</summary>
    public CorpusInfo Add(string name, string text)
    {
        var documents = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var info = new CorpusInfo
        {
            Id = $"corpus-{_added.Count + 1}",
            Name = name,
            Kind = CorpusKind.Text,
            DocumentCount = documents.Length,
            ByteCount = Encoding.UTF8.GetByteCount(text),
            AddedAt = TestRuns.Start,
        };
        _added.Insert(0, (info, documents));
        return info;
    }

    /// <inheritdoc/>
    public async Task<CorpusInfo> AddAsync(string name, Stream content, IProgress<long>? bytesRead, CancellationToken cancellationToken = default)
    {
        using var text = new MemoryStream();
        await content.CopyToAsync(text, cancellationToken);
        bytesRead?.Report(text.Length);
        if (Gate is not null) await Gate.Task.WaitAsync(cancellationToken);
        if (Refusal is not null) throw Refusal;
        return Add(name, Encoding.UTF8.GetString(text.ToArray()));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DocumentPreview>> PreviewAsync(string corpusId, long first, int count, int maxCharacters, CancellationToken cancellationToken = default)
    {
        var documents = _added.FirstOrDefault(corpus => corpus.Info.Id == corpusId).Documents ?? [.. Enumerable.Range(1, 9_800).Select(i => $"Once upon a time there was a little fox number {i}.")];
        return Task.FromResult<IReadOnlyList<DocumentPreview>>(
            [.. documents.Skip((int)first).Take(count).Select((text, i) => new DocumentPreview(first + i, text[..Math.Min(text.Length, maxCharacters)], text.Length))]);
    }

    /// <inheritdoc/>
    public Task<SourceEntropy?> MeasureEntropyAsync(string corpusId, CancellationToken cancellationToken = default) =>
        Task.FromResult(corpusId == Stories.Id ? Entropy : null);

    /// <inheritdoc/>
    public Task DeleteAsync(string corpusId, CancellationToken cancellationToken = default)
    {
        _added.RemoveAll(corpus => corpus.Info.Id == corpusId);
        return Task.CompletedTask;
    }
}
