using System.Text;

namespace TinyLM.Model.Tokenization;

/// <summary>Turns tokens into text as they come, never half a character: bytes wait until their character is whole.</summary>
/// <remarks>Bytes that are no UTF-8 become U+FFFD. All pieces together are what <see cref="TextTokenizer.Decode"/> gives. For one thread at a time.</remarks>
public sealed class StreamingDecoder
{
    private readonly Func<int, ReadOnlySpan<byte>> _joiner;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    /// <param name="joiner">Gives the bytes of tokens that follow each other.</param>
    internal StreamingDecoder(Func<int, ReadOnlySpan<byte>> joiner) => _joiner = joiner;

    /// <summary>The characters that became whole with a token; a special token gives none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string Append(int id) => Decode(_joiner(id), flush: false);

    /// <summary>What the bytes that still wait stand for: U+FFFD, or nothing where none wait.</summary>
    public string Flush() => Decode([], flush: true);

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        var characters = new char[_decoder.GetCharCount(bytes, flush)];
        return new string(characters, 0, _decoder.GetChars(bytes, characters, flush));
    }
}
