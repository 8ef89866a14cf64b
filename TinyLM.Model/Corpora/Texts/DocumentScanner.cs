using System.Globalization;
using System.Security.Cryptography;

namespace TinyLM.Model.Corpora.Texts;

/// <summary>Walks through the documents of a stored text, or through the pieces of a running one, as bytes. Memory is that of the longest document.</summary>
/// <param name="file">Normalised UTF-8; the caller disposes it.</param>
/// <param name="isRunning">One text without separators, cut to pieces.</param>
/// <param name="bufferBytes">Bytes to read at a time.</param>
internal sealed class DocumentScanner(Stream file, bool isRunning, int bufferBytes = 1 << 20) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _buffer = new byte[bufferBytes];
    private int _start; // of what is not passed yet
    private int _end;
    private int _from; // of the current text, and so on
    private int _length;
    private bool _isAtEnd;
    private long _line = 1; // of _start
    private long _read;

    /// <summary>The text of the document or piece, until the next move.</summary>
    public ReadOnlySpan<byte> Current => _buffer.AsSpan(_from, _length);

    /// <summary>A piece that goes on with the one before it.</summary>
    public bool ContinuesPrevious { get; private set; }

    /// <summary>SHA-256 of all that was read, lower-case hex; of the whole file once there is no next document.</summary>
    public string Hash() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>Whether a text has a separator, and so is none that runs on.</summary>
    /// <param name="file">Normalised UTF-8, from its start.</param>
    /// <param name="cancellationToken">Checked with each block.</param>
    public static bool HasSeparator(Stream file, CancellationToken cancellationToken)
    {
        var overlap = TextRules.Separator.Length + 1; // a line break before it, and the byte after it
        var buffer = new byte[1 << 20];
        buffer[0] = (byte)'\n'; // as if a line ended before the text
        for (var kept = 1; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = file.ReadAtLeast(buffer.AsSpan(kept), buffer.Length - kept, throwOnEndOfStream: false);
            var block = buffer.AsSpan(0, kept + read);
            if (block.IndexOf("\n<|endoftext|>\n"u8) >= 0) return true;
            if (block.Length < buffer.Length) return block.EndsWith("\n<|endoftext|>"u8);
            block[^overlap..].CopyTo(buffer);
            kept = overlap;
        }
    }

    /// <summary>Goes on to the next document that is not empty, or to the next piece.</summary>
    /// <exception cref="CorpusFormatException">A document is too long, or a running text has no place to cut it.</exception>
    public bool MoveNext() => isRunning ? NextPiece() : NextDocument();

    private bool NextPiece()
    {
        ContinuesPrevious = _read > 0;
        while (true)
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            if (_isAtEnd && rest.Length <= TextRules.PieceBytes) return Take(rest.Length, rest.Length);
            if (rest.Length > TextRules.PieceBytes && TextRules.Cut(rest[..Math.Min(rest.Length, TextRules.MaxDocumentBytes + 1)]) is > 0 and var cut) return Take(cut, cut);
            if (_isAtEnd && rest.Length <= TextRules.MaxDocumentBytes) return Take(rest.Length, rest.Length);
            if (rest.Length > TextRules.MaxDocumentBytes)
                throw new CorpusFormatException(
                    $"Expected white space at least every {Megabytes} in a running text, found none from line {Number(_line)} on. "
                    + "Break the line, or put a line <|endoftext|> between the documents.");
            ReadMore();
        }
    }

    private bool NextDocument()
    {
        for (var searched = 0; ;)
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            var found = rest[searched..].IndexOf(TextRules.Separator);
            var at = found < 0 ? rest.Length : searched + found;
            var after = at + TextRules.Separator.Length;
            if ((found < 0 && !_isAtEnd ? at - TextRules.Separator.Length : at) > TextRules.MaxDocumentBytes + 1) throw TooLong(); // a line break may end it, and half a separator may have been read
            if (found < 0 || after == rest.Length)
            {
                if (!_isAtEnd)
                {
                    searched = Math.Max(searched, found < 0 ? rest.Length - TextRules.Separator.Length + 1 : at);
                    ReadMore();
                    continue;
                }
                if (found < 0 || !StartsLine(rest, at)) // the last document, without a separator after it
                {
                    return rest.Length > 0 && TakeDocument(rest.Length, rest.Length);
                }
            }
            else if (!StartsLine(rest, at) || rest[after] != (byte)'\n')
            {
                searched = at + 1;
                continue;
            }

            if (TakeDocument(at, Math.Min(after + 1, rest.Length))) return true;
            searched = 0;
        }
    }

    private static bool StartsLine(ReadOnlySpan<byte> text, int at) => at == 0 || text[at - 1] == (byte)'\n';

    /// <summary>False where nothing is left of it.</summary>
    private bool TakeDocument(int length, int passed)
    {
        var document = _buffer.AsSpan(_start, length);
        var trimmed = TextRules.Trim(document);
        var from = _start + (trimmed.Length == 0 ? 0 : document.IndexOfAnyExcept((byte)'\n'));
        var count = trimmed.Length;
        if (count > TextRules.MaxDocumentBytes) throw TooLong();
        Take(length, passed);
        (_from, _length) = (from, count);
        return count > 0;
    }

    private bool Take(int length, int passed)
    {
        (_from, _length) = (_start, length);
        _line += _buffer.AsSpan(_start, passed).Count((byte)'\n');
        _read += passed;
        _start += passed;
        return length > 0;
    }

    private void ReadMore()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length) Array.Resize(ref _buffer, 2 * _buffer.Length);
        var read = file.ReadAtLeast(_buffer.AsSpan(_end), 1, throwOnEndOfStream: false);
        _hash.AppendData(_buffer, _end, read);
        _end += read;
        _isAtEnd = read == 0;
    }

    private CorpusFormatException TooLong() => new(
        $"Expected documents of at most {Megabytes}, found a longer one that begins at line {Number(_line)}. Put lines <|endoftext|> between its parts.");

    private static string Megabytes => $"{TextRules.MaxDocumentBytes >> 20} MiB";

    private static string Number(long line) => line.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Ends the hashing.</summary>
    public void Dispose() => _hash.Dispose();
}
