using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace TinyLM.Model.Corpora.Texts;

/// <summary>
/// A file as blocks of checked text: valid UTF-8 without a byte order mark, without NUL, every line break a <c>\n</c>. Blocks end between
/// characters and are the same however the stream hands out its bytes.
/// </summary>
/// <param name="stream">The file; the caller disposes it.</param>
/// <param name="bytesRead">Told after each block how many bytes were read so far.</param>
/// <param name="blockBytes">Bytes to read at a time.</param>
internal sealed class Utf8Source(Stream stream, IProgress<long>? bytesRead = null, int blockBytes = 1 << 20)
{
    private readonly byte[] _buffer = new byte[blockBytes];
    private int _checked; // bytes of the last block that were handed out; those after it begin the next one
    private int _length;
    private long _offset; // of the buffer's first byte in the file
    private long _line = 1; // of the buffer's first byte

    /// <summary>The next block, which lives until the call after it; empty at the end.</summary>
    /// <exception cref="CorpusFormatException">It is empty, or no text in UTF-8.</exception>
    public async ValueTask<Memory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        var carried = _length - _checked;
        _buffer.AsSpan(_checked, carried).CopyTo(_buffer);
        _offset += _checked;
        var isFirst = _offset == 0 && carried == 0;
        var read = await stream.ReadAtLeastAsync(_buffer.AsMemory(carried), _buffer.Length - carried, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        _length = carried + read;
        var isLast = _length < _buffer.Length;
        bytesRead?.Report(_offset + _length);

        var mark = 0;
        if (isFirst)
        {
            FileSignatures.Check(_buffer.AsSpan(0, _length));
            mark = _buffer.AsSpan(0, _length).StartsWith("\uFEFF"u8) ? 3 : 0;
            if (isLast && _length == mark) throw new CorpusFormatException("Expected a text, found an empty file. Choose another one.");
        }

        _checked = _length - (isLast ? 0 : Unfinished(_buffer.AsSpan(0, _length)));
        Check(_buffer.AsSpan(0, _checked));
        var text = _buffer.AsMemory(mark, _checked - mark);
        text = text[..Normalize(text.Span)];
        _line += text.Span.Count((byte)'\n');
        return text;
    }

    /// <summary>Bytes at the end that the next block must complete: the beginning of a character, or a carriage return.</summary>
    private static int Unfinished(ReadOnlySpan<byte> text)
    {
        if (text[^1] == (byte)'\r') return 1;
        for (var back = 1; back <= Math.Min(3, text.Length); back++)
        {
            var letter = text[^back];
            if (letter < 0x80) return 0;
            if (letter >= 0xC0) return back < (letter >= 0xF0 ? 4 : letter >= 0xE0 ? 3 : 2) ? back : 0;
        }
        return 0;
    }

    /// <summary>Makes every CRLF and every CR a LF, in place.</summary>
    /// <returns>The new length.</returns>
    internal static int Normalize(Span<byte> text)
    {
        var written = text.IndexOf((byte)'\r');
        if (written < 0) return text.Length;
        for (var at = written; at < text.Length;)
        {
            text[written++] = (byte)'\n'; // text[at] is a CR
            at += at + 1 < text.Length && text[at + 1] == (byte)'\n' ? 2 : 1;
            var rest = text[at..];
            var plain = rest.IndexOf((byte)'\r') is >= 0 and var next ? next : rest.Length;
            rest[..plain].CopyTo(text[written..]);
            (at, written) = (at + plain, written + plain);
        }
        return written;
    }

    private void Check(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf((byte)0) is >= 0 and var nul)
            throw new CorpusFormatException(
                $"Expected text, found a NUL byte {Place(text, nul)}: this is a binary file, or text in UTF-16. Save it as plain text in UTF-8 and add it again.");
        if (!Utf8.IsValid(text))
        {
            var wrong = FirstInvalid(text);
            throw new CorpusFormatException(
                $"Expected UTF-8, found byte 0x{text[wrong]:X2} that is no character of it {Place(text, wrong)}. Save the file as UTF-8 and add it again.");
        }
    }

    private static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        var characters = new char[4096];
        for (var at = 0; ;)
        {
            var status = Utf8.ToUtf16(text[at..], characters, out var read, out _, replaceInvalidSequences: false);
            at += read;
            if (status != OperationStatus.DestinationTooSmall) return at;
        }
    }

    private string Place(ReadOnlySpan<byte> text, int at)
    {
        var before = text[..at];
        var lines = before.Count((byte)'\n') + before.Count((byte)'\r') - before.Count("\r\n"u8);
        return string.Create(CultureInfo.InvariantCulture, $"in line {_line + lines:N0}, at offset {_offset + at:N0} of the file");
    }
}
