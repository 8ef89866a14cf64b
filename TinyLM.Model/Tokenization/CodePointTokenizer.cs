using System.Text;

namespace TinyLM.Model.Tokenization;

/// <summary>The character-level baseline: a token for each Unicode code point, which is its id, and the end-of-text token behind them.</summary>
internal sealed class CodePointTokenizer() : TextTokenizer(TokenizerKind.CodePoints, CodePoints + 1, [new SpecialToken(EndOfText, CodePoints)], CodePoints)
{
    private const int CodePoints = 0x11_0000;

    /// <inheritdoc/>
    private protected override ReadOnlyMemory<byte> FindBytes(int id)
    {
        if (!Rune.IsValid(id)) return ReadOnlyMemory<byte>.Empty;
        var bytes = new byte[4];
        return bytes.AsMemory(0, new Rune(id).EncodeToUtf8(bytes));
    }

    /// <inheritdoc/>
    private protected override void EncodePlain(ReadOnlySpan<char> text, List<int> ids)
    {
        ids.EnsureCapacity(ids.Count + text.Length);
        foreach (var rune in text.EnumerateRunes()) ids.Add(rune.Value);
    }
}
