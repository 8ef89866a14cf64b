using System.Text;
using TinyLM.Lab.Library;
using TinyLM.Model.Data;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Support;

/// <summary>A library in memory: a tokenizer of bytes alone, and one learned from a rhyme, whose merges are few enough to know.</summary>
public sealed class FakeTokenizerLibrary : ITokenizerLibrary
{
    /// <summary>What the learned tokenizer has learned from.</summary>
    public const string Rhyme = "Once upon a time there was a tiny fox. Once upon a hill there was a tiny box. Once upon a time the fox sat on the box.";

    private readonly List<(TokenizerInfo Info, TextTokenizer Tokenizer)> _tokenizers = [];
    private readonly List<(TokenizerInfo Info, TextTokenizer Tokenizer)> _deleted = [];

    /// <summary>Both tokenizers.</summary>
    public FakeTokenizerLibrary()
    {
        Add("bytes", "Bytes", TokenizerOrigin.BuiltIn, TextTokenizer.Create(new BpeVocabulary(SplitPattern.None, [])));
        var options = new BpeTrainingOptions { VocabularySize = 300, MayEndEarly = true, SpecialTokens = ["<|im_start|>", "<|im_sep|>", "<|im_end|>"] };
        Add("rhyme", "Rhyme", TokenizerOrigin.Trained, TextTokenizer.Create(BpeTrainer.Train([Rhyme], options)));
    }

    /// <summary>Thrown by the next addition, if set.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>What was exported, in order.</summary>
    public List<(string TokenizerId, TokenizerFormat Format)> Exported { get; } = [];

    /// <summary>Adds a tokenizer.</summary>
    public TokenizerInfo Add(string id, string name, TokenizerOrigin origin, TextTokenizer tokenizer)
    {
        var info = new TokenizerInfo { Id = id, Name = name, Origin = origin, VocabularySize = tokenizer.VocabularySize, Description = $"{name} for the tests." };
        _tokenizers.Add((info, tokenizer));
        return info;
    }

    /// <summary>A tokenizer at once.</summary>
    public TextTokenizer Open(string tokenizerId) => _tokenizers.First(one => one.Info.Id == tokenizerId).Tokenizer;

    /// <inheritdoc/>
    public IReadOnlyList<TokenizerInfo> List() => [.. _tokenizers.Select(one => one.Info)];

    /// <inheritdoc/>
    public TokenizerInfo? Find(string tokenizerId) => List().FirstOrDefault(info => info.Id == tokenizerId);

    /// <inheritdoc/>
    public Task<TextTokenizer> OpenAsync(string tokenizerId, CancellationToken cancellationToken = default) =>
        Find(tokenizerId) is null ? throw new KeyNotFoundException($"There is no tokenizer '{tokenizerId}'.") : Task.FromResult(Open(tokenizerId));

    /// <inheritdoc/>
    public async Task<TokenizerInfo> AddAsync(string name, IReadOnlyList<TokenizerUpload> files, TokenizerImportOptions options, CancellationToken cancellationToken = default)
    {
        foreach (var file in files) await file.Content.CopyToAsync(Stream.Null, cancellationToken);
        return Refusal is null ? Add($"tokenizer-{_tokenizers.Count}", name, TokenizerOrigin.Imported, Open("rhyme")) : throw Refusal;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<TokenizerExportChoice>> ExportChoicesAsync(string tokenizerId, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<TokenizerExportChoice>>([new(TokenizerFormat.HuggingFace, null), new(TokenizerFormat.SentencePiece, "It is read and not written.")]);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ExportedFile>> ExportAsync(string tokenizerId, TokenizerFormat format, CancellationToken cancellationToken = default)
    {
        Exported.Add((tokenizerId, format));
        return Task.FromResult<IReadOnlyList<ExportedFile>>([new ExportedFile("tokenizer.json", Encoding.UTF8.GetBytes("{}"))]);
    }

    /// <inheritdoc/>
    public Task<VocabularyStatistics> CountAsync(string tokenizerId, string corpusId, long? bytes, IProgress<double>? progress, CancellationToken cancellationToken = default)
    {
        var tokenizer = Open(tokenizerId);
        var counts = new long[tokenizer.VocabularySize];
        foreach (var id in tokenizer.Encode(Rhyme)) counts[id]++;
        progress?.Report(1);
        return Task.FromResult(new VocabularyStatistics { Counts = counts, TokenCount = counts.Sum(), ByteCount = Rhyme.Length, WordCount = Rhyme.Split(' ').Length, DocumentCount = 1 });
    }

    /// <inheritdoc/>
    public Task RenameAsync(string tokenizerId, string name, CancellationToken cancellationToken = default)
    {
        var at = _tokenizers.FindIndex(one => one.Info.Id == tokenizerId);
        _tokenizers[at] = (_tokenizers[at].Info with { Name = name }, _tokenizers[at].Tokenizer);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string tokenizerId, CancellationToken cancellationToken = default)
    {
        _deleted.AddRange(_tokenizers.Where(one => one.Info.Id == tokenizerId));
        _tokenizers.RemoveAll(one => one.Info.Id == tokenizerId);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RestoreAsync(string tokenizerId, CancellationToken cancellationToken = default)
    {
        _tokenizers.Add(_deleted.Single(one => one.Info.Id == tokenizerId));
        return Task.CompletedTask;
    }
}
