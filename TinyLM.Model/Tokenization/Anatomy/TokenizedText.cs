using System.Text;

namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>Tokens, the bytes and the text that they make together, and where each token stands in both.</summary>
/// <remarks>Immutable. About 13 bytes a token besides the text, so that a million tokens can be looked at.</remarks>
public sealed class TokenizedText
{
    private readonly int[] _ids;
    private readonly int[] _byteStarts; // one more than there are tokens
    private readonly int[] _charStarts;
    private readonly int[] _charEnds;
    private readonly TokenForm[] _forms;
    private readonly byte[] _bytes;

    private TokenizedText(int[] ids, int[] byteStarts, byte[] bytes)
    {
        (_ids, _byteStarts, _bytes) = (ids, byteStarts, bytes);
        (_charStarts, _charEnds, _forms) = (new int[ids.Length], new int[ids.Length], new TokenForm[ids.Length]);
        Text = Encoding.UTF8.GetString(bytes);
        FindCharacters();
    }

    /// <summary>No tokens.</summary>
    public static TokenizedText Empty { get; } = new([], [0], []);

    /// <summary>Number of tokens.</summary>
    public int Count => _ids.Length;

    /// <summary>The ids.</summary>
    public IReadOnlyList<int> Ids => _ids;

    /// <summary>All bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The text of the bytes; what is no UTF-8 became U+FFFD.</summary>
    public string Text { get; }

    /// <summary>Number of characters (code points), each byte sequence that is no UTF-8 counted as one.</summary>
    public int CharacterCount { get; private set; }

    /// <summary>Number of tokens with bytes that are no UTF-8.</summary>
    public int BrokenCount { get; private set; }

    /// <summary>Puts tokens together.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="bytesOf">The bytes that a token stands for; those of its name for a special token.</param>
    public static TokenizedText Of(IReadOnlyList<int> ids, Func<int, ReadOnlyMemory<byte>> bytesOf)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(bytesOf);
        var starts = new int[ids.Count + 1];
        for (var i = 0; i < ids.Count; i++) starts[i + 1] = checked(starts[i] + bytesOf(ids[i]).Length);
        var bytes = new byte[starts[^1]];
        for (var i = 0; i < ids.Count; i++) bytesOf(ids[i]).CopyTo(bytes.AsMemory(starts[i]));
        return new TokenizedText([.. ids], starts, bytes);
    }

    /// <summary>Puts tokens together; special tokens stand there by their names.</summary>
    /// <param name="tokenizer">Knows the tokens.</param>
    /// <param name="ids">The tokens, each of which it has.</param>
    public static TokenizedText Of(TextTokenizer tokenizer, IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var names = tokenizer.SpecialTokens.ToDictionary(token => token.Id, token => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(token.Text));
        return Of(ids, id => names.TryGetValue(id, out var name) ? name : tokenizer.TokenBytes(id));
    }

    /// <summary>Cuts a text.</summary>
    /// <param name="tokenizer">Cuts it.</param>
    /// <param name="text">The text.</param>
    /// <param name="special">What text becomes that names a special token.</param>
    public static TokenizedText Of(TextTokenizer tokenizer, string text, SpecialTokenReading special)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(text);
        text = tokenizer.AsRead(text);
        var spans = tokenizer.EncodeSpans(text, special);
        var (ids, starts) = (new int[spans.Count], new int[spans.Count + 1]);
        for (var i = 0; i < ids.Length; i++) (ids[i], starts[i + 1]) = (spans[i].Id, spans[i].Start + spans[i].Length);
        return new TokenizedText(ids, starts, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>A token and where it stands.</summary>
    public TokenPlace this[int index] => new(index, _ids[index], _forms[index], _byteStarts[index],
        _byteStarts[index + 1] - _byteStarts[index], _charStarts[index], _charEnds[index] - _charStarts[index]);

    /// <summary>The bytes of a token.</summary>
    public ReadOnlySpan<byte> BytesOf(int index) => _bytes.AsSpan(_byteStarts[index].._byteStarts[index + 1]);

    /// <summary>The token that has the first byte of a character.</summary>
    /// <param name="unit">A place in <see cref="Text"/>, in UTF-16 units.</param>
    /// <returns>Its index; -1 where there is none.</returns>
    public int At(int unit)
    {
        if (unit < 0 || unit >= Text.Length) return -1;
        var found = Array.BinarySearch(_charEnds, unit + 1);
        if (found < 0) found = ~found;
        while (found > 0 && _charEnds[found - 1] > unit) found--; // of several tokens of one character the first
        return found < Count ? found : -1;
    }

    private void FindCharacters()
    {
        var (token, units) = (0, 0);
        for (var position = 0; position < _bytes.Length; CharacterCount++)
        {
            var isWhole = Rune.DecodeFromUtf8(_bytes.AsSpan(position), out var rune, out var length) == System.Buffers.OperationStatus.Done;
            var (start, end) = (position, position + length);
            while (_byteStarts[token + 1] <= start) Skip(ref token, units);
            for (var other = token; ; other++)
            {
                if (_byteStarts[other] >= start) _charStarts[other] = units;
                _charEnds[other] = units + rune.Utf16SequenceLength; // of a longer token, until the next character
                if (!isWhole) _forms[other] = TokenForm.Broken;
                else if (_forms[other] == TokenForm.Whole && (_byteStarts[other] > start || _byteStarts[other + 1] < end)) _forms[other] = TokenForm.Part;
                if (_byteStarts[other + 1] >= end) break;
            }
            units += rune.Utf16SequenceLength;
            position = end;
        }
        while (token < Count) Skip(ref token, units);
        BrokenCount = _forms.Count(form => form == TokenForm.Broken);
    }

    /// <summary>Goes to the next token; one without bytes stands between two characters.</summary>
    private void Skip(ref int token, int units)
    {
        if (_byteStarts[token] == _byteStarts[token + 1]) (_charStarts[token], _charEnds[token]) = (units, units);
        token++;
    }
}
