using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Components.Tokens;

/// <summary>Tokens laid out in rows of equal height, so that a page can draw those in view and no others.</summary>
public sealed class TokenRows
{
    private readonly List<int> _starts = [0];

    private TokenRows()
    {
    }

    /// <summary>Number of rows.</summary>
    public int Count => _starts.Count - 1;

    /// <summary>Lays tokens out: a row ends after a line break and where the next token does not fit.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="face">What of them is shown.</param>
    /// <param name="columns">Columns of a row; a longer token has a row for itself.</param>
    public static TokenRows Of(TokenizedText tokens, TokenFace face, int columns)
    {
        var rows = new TokenRows();
        var used = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            var width = Width(tokens, i, face, out var endsRow);
            if (used > 0 && used + width > columns) rows.End(i, ref used);
            used += width;
            if (endsRow) rows.End(i + 1, ref used);
        }
        if (used > 0 || rows._starts[^1] < tokens.Count) rows._starts.Add(tokens.Count);
        return rows;
    }

    /// <summary>The tokens of a row: the first one, and the one behind the last.</summary>
    public (int First, int End) this[int row] => (_starts[row], _starts[row + 1]);

    private static int Width(TokenizedText tokens, int index, TokenFace face, out bool endsRow)
    {
        endsRow = false;
        if (face == TokenFace.Id) return 1 + Digits(tokens.Ids[index]);
        var bytes = tokens.BytesOf(index);
        if (face == TokenFace.Bytes) return Math.Max(2, 3 * bytes.Length);
        endsRow = bytes.Contains((byte)'\n');
        return TokenWriting.Segments(bytes, showInvisible: true).Sum(segment => TokenWriting.Columns(segment.Text) + (segment.IsHexadecimal ? 1 : 0));
    }

    private static int Digits(int value)
    {
        var digits = 1;
        for (; value >= 10; value /= 10) digits++;
        return digits;
    }

    private void End(int next, ref int used)
    {
        _starts.Add(next);
        used = 0;
    }
}
