using System.Collections.Concurrent;
using System.Text;
using Microsoft.ML.Tokenizers;
using TinyLM.Model.Storage;

namespace TinyLM.Model.Tokenization;

/// <summary>Cuts text into tokens of a byte-level BPE vocabulary and puts them together again. Immutable and safe for any number of threads.</summary>
/// <remarks>
/// Chunks are cut by the split pattern, the same code as in training, and merged by Microsoft.ML.Tokenizers; those that come
/// again are remembered, since text consists of few different ones. Chunks of more than 512 characters, which that library
/// merges in quadratic time, go to <see cref="LongChunkMerger"/>. Text that looks like a special token is plain text.
/// Decoding works on bytes, so that a token may hold a part of a character.
/// </remarks>
public sealed class TextTokenizer
{
    /// <summary>The text by which files name the token that stands before each document.</summary>
    public const string EndOfText = "<|endoftext|>";

    /// <summary>Characters of a chunk up to which Microsoft.ML.Tokenizers merges it.</summary>
    internal const int LongestOrdinary = 512;

    private const int LongestRemembered = 64;
    private const int MostRemembered = 1 << 18;

    private readonly TokenizerDefinition _definition;
    private readonly BpeTokenizer _bpe;
    private readonly Lazy<LongChunkMerger> _longChunks;
    private readonly ConcurrentDictionary<string, int[]> _remembered = new(StringComparer.Ordinal);
    private int _rememberedCount; // the dictionary's own count waits for all of its locks

    private TextTokenizer(TokenizerDefinition definition)
    {
        _definition = definition;
        _longChunks = new Lazy<LongChunkMerger>(() => new LongChunkMerger(definition));
        _bpe = BpeTokenizer.Create(new BpeOptions(definition.Tokens.Where((_, id) => id != definition.EndOfTextId)
            .Select(bytes => ByteLevel.ToText(bytes)).Zip(definition.Ids, (text, id) => KeyValuePair.Create(text, id)))
        {
            Merges = [.. definition.Merges.Select(merge => $"{ByteLevel.ToText(definition.Tokens[merge.Left])} {ByteLevel.ToText(definition.Tokens[merge.Right])}")],
            ByteLevel = true,
        });
    }

    /// <summary>Number of tokens, the end-of-text token among them.</summary>
    public int VocabularySize => _definition.Tokens.Count;

    /// <summary>The token that stands before each document, and by which a model says that a text has ended.</summary>
    public int EndOfTextId => _definition.EndOfTextId;

    /// <summary>How text is split before merging.</summary>
    public SplitPattern SplitPattern => _definition.SplitPattern;

    /// <summary>A tokenizer of a learned vocabulary; the end-of-text token comes last.</summary>
    public static TextTokenizer Create(BpeVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return new TextTokenizer(TokenizerDefinition.Of(vocabulary));
    }

    /// <summary>Reads a <c>tokenizer.json</c> of Hugging Face's format.</summary>
    /// <exception cref="TokenizerFormatException">It is malformed, or describes no byte-level BPE with a known split pattern.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TextTokenizer Load(string path) => new(TokenizerFile.Read(path));

    /// <summary>Writes a <c>tokenizer.json</c> that Hugging Face's tokenizers read with the same ids.</summary>
    /// <exception cref="IOException">It cannot be written; an old file stands as it was.</exception>
    public void Save(string path) => DurableFile.Write(path, stream => TokenizerFile.Write(stream, _definition));

    /// <summary>The tokens of a text. A lone surrogate, which is no text, becomes U+FFFD.</summary>
    public IReadOnlyList<int> Encode(string text)
    {
        var ids = new List<int>();
        Encode(text, ids);
        return ids;
    }

    /// <summary>Appends the tokens of a text.</summary>
    /// <param name="text">The text. A lone surrogate, which is no text, becomes U+FFFD.</param>
    /// <param name="ids">Receives them.</param>
    public void Encode(ReadOnlySpan<char> text, List<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        text = WellFormed(text);
        var remembered = _remembered.GetAlternateLookup<ReadOnlySpan<char>>();
        while (!text.IsEmpty)
        {
            var chunk = text[..TextSplitter.NextChunk(text, SplitPattern)];
            if (!remembered.TryGetValue(chunk, out var tokens))
            {
                tokens = Merge(chunk);
                if (chunk.Length <= LongestRemembered && _rememberedCount < MostRemembered && remembered.TryAdd(chunk, tokens)) Interlocked.Increment(ref _rememberedCount);
            }
            ids.AddRange(tokens);
            text = text[chunk.Length..];
        }
    }

    /// <summary>The text of tokens; bytes that are no UTF-8 become U+FFFD, the end-of-text token nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var bytes = new List<byte>();
        foreach (var id in ids) bytes.AddRange(TokenBytes(id).Span);
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>A decoder for tokens that come one by one.</summary>
    public StreamingDecoder CreateDecoder() => new(this);

    /// <summary>The bytes that a token stands for; none for the end-of-text token.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public ReadOnlyMemory<byte> TokenBytes(int id)
    {
        if ((uint)id >= (uint)VocabularySize) throw new ArgumentOutOfRangeException(nameof(id), id, $"There is no token {id}; the vocabulary is 0 to {VocabularySize - 1}.");
        return _definition.Tokens[id];
    }

    private int[] Merge(ReadOnlySpan<char> chunk) => chunk.Length > LongestOrdinary
        ? _longChunks.Value.Merge(chunk)
        : [.. _bpe.EncodeToIds(chunk, considerPreTokenization: false, considerNormalization: false)];

    /// <summary>Microsoft.ML.Tokenizers would make three tokens of a lone surrogate that no decoder reads.</summary>
    private static ReadOnlySpan<char> WellFormed(ReadOnlySpan<char> text)
    {
        for (var rest = text; rest.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var surrogate; rest = rest[(surrogate + 2)..])
        {
            if (surrogate + 1 < rest.Length && char.IsSurrogatePair(rest[surrogate], rest[surrogate + 1])) continue;
            var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
            return Encoding.UTF8.GetString(bytes, 0, Encoding.UTF8.GetBytes(text, bytes));
        }
        return text;
    }
}
