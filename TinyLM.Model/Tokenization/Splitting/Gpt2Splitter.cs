using System.Numerics;
using System.Runtime.CompilerServices;

namespace TinyLM.Model.Tokenization.Splitting;

/// <summary><c>'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c></summary>
/// <remarks>Radford et al. 2019, encoder.py. ASCII is cut 64 characters at a time: where chunks begin follows from the classes of neighbours.</remarks>
internal sealed class Gpt2Splitter : WordSplitter
{
    private const int Ahead = 3; // characters that decide about a cut, its own among them

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Split(ReadOnlySpan<char> text, List<int> ends, int offset = 0)
    {
        Span<char> padded = stackalloc char[AsciiBlock.Length];
        for (var start = 0; start < text.Length;)
        {
            var rest = text[start..];
            var isEnd = rest.Length < AsciiBlock.Length;
            if (isEnd) Pad(rest, padded);
            var starts = Starts(isEnd ? padded : rest, out var isWhole);
            if (isEnd && isWhole && rest.Length <= AsciiBlock.Length - Ahead + 1)
            {
                starts = starts & ((1UL << rest.Length) - 1) | (1UL << rest.Length);
            }
            else if (starts == 0 || isEnd)
            {
                start += NextChunk(rest); // a long one, or one beyond ASCII
                ends.Add(offset + start);
                continue;
            }

            var at = 0;
            for (; starts != 0; starts &= starts - 1)
            {
                at = BitOperations.TrailingZeroCount(starts);
                ends.Add(offset + start + at);
            }
            start += at;
        }
    }

    /// <inheritdoc/>
    protected override int NextChunk(ReadOnlySpan<char> text)
    {
        if (Contraction(text, ignoreCase: false) is > 0 and var contraction) return contraction;

        var start = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        var kind = CharacterClasses.At(text, start, out _);
        return kind == CharacterClass.Space ? Spaces(text, EndOfRun(text, 0, CharacterClass.Space)) : EndOfRun(text, start, kind);
    }

    /// <summary>The end of a text with spaces behind it, which change no cut.</summary>
    private static void Pad(ReadOnlySpan<char> rest, Span<char> padded)
    {
        rest.CopyTo(padded);
        padded[rest.Length..].Fill(' ');
    }

    /// <summary>Where chunks begin behind the one at the beginning of a block, as far as the block tells.</summary>
    /// <param name="text">Begins with the block, and the block with a chunk.</param>
    /// <param name="isWhole">Whether it tells of all of the block but the last characters.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Starts(ReadOnlySpan<char> text, out bool isWhole)
    {
        var block = AsciiBlock.Of(text);
        isWhole = block.AsciiLength == AsciiBlock.Length;
        if (block.AsciiLength < Ahead) return 0;

        var (letters, digits, white) = (block.Letters, block.Digits, block.WhiteSpace);
        var other = ~(letters | digits | white);
        var likeBefore = (letters & (letters << 1)) | (digits & (digits << 1)) | (other & (other << 1));
        var starts = (~white & ~likeBefore & ~(block.Spaces << 1)) // a run of one class, unless a space before it goes with it
            | (white & (~(white << 1) | ~(white >> 1))); // white space, and the last of it
        for (var quotes = starts & block.Apostrophes; quotes != 0; quotes &= quotes - 1)
        {
            var at = BitOperations.TrailingZeroCount(quotes);
            if (at + Ahead > AsciiBlock.Length || Contraction(text[at..], ignoreCase: false) is not (> 0 and var length)) continue;
            starts = starts & ~(1UL << (at + 1)) | (1UL << (at + length)); // beyond the block it falls on what is left out below
        }
        return starts & ((1UL << (block.AsciiLength - Ahead + 1)) - 2);
    }
}
