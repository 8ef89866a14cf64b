using System.Buffers;
using System.Text;
using TinyLM.Model.Storage;
using TinyLM.Model.Tokenization.Formats;

namespace TinyLM.Model.Tokenization;

/// <summary>Cuts text into tokens and puts them together again, whatever the kind of its vocabulary. Immutable and safe for any number of threads.</summary>
/// <remarks>
/// Nothing is added to a text: a beginning or end is put there by whoever wants it. Decoding works on bytes, so that a token may
/// hold a part of a character. A lone surrogate, which is no text, becomes U+FFFD before anything else; then some tokenizers
/// bring text into one form: <see cref="AsRead"/>.
/// </remarks>
public abstract class TextTokenizer
{
    /// <summary>The text by which files name the token that stands before each document.</summary>
    public const string EndOfText = "<|endoftext|>";

    private readonly SpecialTokenFinder _all;
    private readonly SpecialTokenFinder _partOfText;

    private protected TextTokenizer(TokenizerKind kind, int vocabularySize, IReadOnlyList<SpecialToken> specialTokens, int endOfTextId)
    {
        (Kind, VocabularySize, EndOfTextId) = (kind, vocabularySize, endOfTextId);
        SpecialTokens = [.. specialTokens.OrderBy(token => token.Id)];
        (_all, _partOfText) = (new SpecialTokenFinder(SpecialTokens), new SpecialTokenFinder(SpecialTokens.Where(token => token.IsPartOfText)));
    }

    /// <summary>What its tokens are made of.</summary>
    public TokenizerKind Kind { get; }

    /// <summary>One more than the highest id. Below it some ids may be nobody's, where a file leaves gaps.</summary>
    public int VocabularySize { get; }

    /// <summary>The token that stands before each document, and by which a model says that a text has ended.</summary>
    public int EndOfTextId { get; }

    /// <summary>The special tokens, by id; the end-of-text token is one.</summary>
    public IReadOnlyList<SpecialToken> SpecialTokens { get; }

    /// <summary>How text is split before merging, each rule applied to the chunks of the one before; empty where the kind has no such rule.</summary>
    public virtual IReadOnlyList<TextSplit> Splits => [];

    /// <summary>How each token comes about, in the order of merging; empty where tokens are not merged.</summary>
    public virtual IReadOnlyList<TokenMerge> Merges => [];

    /// <summary>A byte-level BPE tokenizer of a learned vocabulary; its special tokens come after the merges, the end-of-text token last.</summary>
    public static TextTokenizer Create(BpeVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return new BytePairTokenizer(BytePairDefinition.Of(vocabulary));
    }

    /// <summary>Reads a <c>tokenizer.json</c> of Hugging Face's format.</summary>
    /// <exception cref="TokenizerFormatException">It is malformed, or asks for what the lab cannot do; the message names the file and the place.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TextTokenizer Load(string path) => TokenizerFile.Load(path);

    /// <summary>Writes a <c>tokenizer.json</c> that Hugging Face's tokenizers read with the same ids.</summary>
    /// <exception cref="NotSupportedException">That format cannot say what this tokenizer does.</exception>
    /// <exception cref="IOException">It cannot be written; an old file stands as it was.</exception>
    public void Save(string path) => DurableFile.Write(path, stream => TokenizerFile.Write(stream, this));

    /// <summary>A text in the form in which it is cut, and which its tokens make together: for most tokenizers the text itself.</summary>
    public string AsRead(string text)
    {
        var read = Prepared(text);
        return read.Overlaps(text) ? text : read.ToString();
    }

    /// <summary>The tokens of a text.</summary>
    public IReadOnlyList<int> Encode(string text, SpecialTokenReading special = SpecialTokenReading.AsText)
    {
        var ids = new List<int>();
        Encode(text, ids, special);
        return ids;
    }

    /// <summary>Appends the tokens of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ids">Receives them.</param>
    /// <param name="special">What text becomes that names a special token.</param>
    public void Encode(ReadOnlySpan<char> text, List<int> ids, SpecialTokenReading special = SpecialTokenReading.AsText)
    {
        ArgumentNullException.ThrowIfNull(ids);
        text = Prepared(text);
        var finder = FinderOf(special);
        while (finder.FindFirst(text, out var start) is { } found)
        {
            EncodePlain(text[..start], ids);
            ids.Add(found.Id);
            text = text[(start + found.Text.Length)..];
        }
        EncodePlain(text, ids);
    }

    /// <summary>The tokens of a text, each with the bytes of the text, <see cref="AsRead"/>, that it stands for.</summary>
    public IReadOnlyList<TokenSpan> EncodeSpans(string text, SpecialTokenReading special = SpecialTokenReading.AsText)
    {
        var rest = Prepared(text);
        var spans = new List<TokenSpan>();
        var finder = FinderOf(special);
        var position = 0;
        while (finder.FindFirst(rest, out var start) is { } found)
        {
            AddPlain(rest[..start]);
            var length = Encoding.UTF8.GetByteCount(found.Text);
            spans.Add(new TokenSpan(found.Id, position, length));
            position += length;
            rest = rest[(start + found.Text.Length)..];
        }
        AddPlain(rest);
        return spans;

        void AddPlain(ReadOnlySpan<char> plain)
        {
            EncodePlainSpans(plain, spans, position);
            position += Encoding.UTF8.GetByteCount(plain);
        }
    }

    /// <summary>The bytes that tokens stand for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public byte[] DecodeBytes(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var bytes = new ArrayBufferWriter<byte>();
        var joiner = CreateJoiner();
        foreach (var id in ids) bytes.Write(joiner(id));
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>The text of tokens; bytes that are no UTF-8 become U+FFFD, special tokens nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string Decode(IEnumerable<int> ids) => Encoding.UTF8.GetString(DecodeBytes(ids));

    /// <summary>A decoder for tokens that come one by one.</summary>
    public StreamingDecoder CreateDecoder() => new(CreateJoiner());

    /// <summary>Whether an id is a token's.</summary>
    public bool HasToken(int id) => !FindBytes(id).IsEmpty || FindSpecial(id) is not null;

    /// <summary>The bytes that a token stands for; none for a special token, unless it is part of text.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public ReadOnlyMemory<byte> TokenBytes(int id)
    {
        if (FindBytes(id) is { IsEmpty: false } bytes) return bytes;
        if (FindSpecial(id) is not { } special) throw NoToken(id);
        return special.IsPartOfText ? Encoding.UTF8.GetBytes(special.Text) : ReadOnlyMemory<byte>.Empty;
    }

    /// <summary>The special token of an id; null where it is an ordinary token or none.</summary>
    public SpecialToken? FindSpecial(int id) => _all.Find(id);

    /// <summary>The special token of a name; null where there is none.</summary>
    public SpecialToken? FindSpecial(string text) => _all.Find(text);

    /// <summary>Brings well-formed text into the form in which it is cut; by default as it is.</summary>
    private protected virtual ReadOnlySpan<char> Normalized(ReadOnlySpan<char> text) => text;

    /// <summary>The bytes of an ordinary token; none where there is no such token or it is special.</summary>
    private protected abstract ReadOnlyMemory<byte> FindBytes(int id);

    /// <summary>Appends the tokens of text in which nothing is special.</summary>
    /// <param name="text">Well-formed; may be empty.</param>
    /// <param name="ids">Receives them.</param>
    private protected abstract void EncodePlain(ReadOnlySpan<char> text, List<int> ids);

    /// <summary>As <see cref="EncodePlain"/>, with places; by default the bytes of the tokens are those of the text.</summary>
    /// <param name="text">Well-formed; may be empty.</param>
    /// <param name="spans">Receives them.</param>
    /// <param name="position">Where the text begins, in bytes.</param>
    private protected virtual void EncodePlainSpans(ReadOnlySpan<char> text, List<TokenSpan> spans, int position)
    {
        var ids = new List<int>();
        EncodePlain(text, ids);
        foreach (var id in ids)
        {
            var length = TokenBytes(id).Length;
            spans.Add(new TokenSpan(id, position, length));
            position += length;
        }
    }

    /// <summary>Gives the bytes of tokens that follow each other; by default those of each.</summary>
    private protected virtual Func<int, ReadOnlySpan<byte>> CreateJoiner() => id => TokenBytes(id).Span;

    private ArgumentOutOfRangeException NoToken(int id) => new(nameof(id), id, $"There is no token {id}; the vocabulary is 0 to {VocabularySize - 1}{((uint)id < (uint)VocabularySize ? ", with gaps" : "")}.");

    private SpecialTokenFinder FinderOf(SpecialTokenReading special) => special == SpecialTokenReading.AsToken ? _all : _partOfText;

    private ReadOnlySpan<char> Prepared(ReadOnlySpan<char> text) => Normalized(WellFormed(text));

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
