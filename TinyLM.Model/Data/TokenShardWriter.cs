using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TinyLM.Model.Data;

/// <summary>Writes a token shard in llm.c's format, whole only after <see cref="Complete"/>.</summary>
/// <remarks>
/// Header of 256 int32: magic 20240520, version 1 (uint16 tokens) or 2 (uint32), number of tokens; then the tokens, all
/// little-endian. Until it is complete the header is empty, and no reader takes the file for a shard.
/// </remarks>
public sealed class TokenShardWriter : IDisposable
{
    private readonly FileStream _file;
    private readonly int _vocabularySize;
    private readonly bool _is32;

    /// <summary>Starts a file, in the place of an old one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="vocabularySize">Tokens are below it; up to 65,536 a token takes 2 bytes, else 4.</param>
    public TokenShardWriter(string path, int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        (_vocabularySize, _is32) = (vocabularySize, vocabularySize > ushort.MaxValue + 1);
        _file.Write(new byte[ShardHeader.ByteCount]);
    }

    /// <summary>Tokens written so far.</summary>
    public long Count { get; private set; }

    /// <summary>Appends tokens.</summary>
    /// <exception cref="ArgumentException">One is outside of the vocabulary; none was written.</exception>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Append(ReadOnlySpan<int> tokens)
    {
        foreach (var token in tokens)
            if ((uint)token >= (uint)_vocabularySize) throw new ArgumentException($"There is no token {token}; the vocabulary is 0 to {_vocabularySize - 1}.", nameof(tokens));
        if (_is32)
        {
            _file.Write(MemoryMarshal.AsBytes(tokens));
        }
        else
        {
            Span<ushort> narrow = stackalloc ushort[1024];
            for (var rest = tokens; !rest.IsEmpty;)
            {
                var length = Math.Min(rest.Length, narrow.Length);
                for (var i = 0; i < length; i++) narrow[i] = (ushort)rest[i];
                _file.Write(MemoryMarshal.AsBytes(narrow[..length]));
                rest = rest[length..];
            }
        }
        Count += tokens.Length;
    }

    /// <summary>Writes the header; the file is a shard from now on.</summary>
    /// <exception cref="InvalidOperationException">There are more tokens than the format can count.</exception>
    public void Complete()
    {
        if (Count > int.MaxValue) throw new InvalidOperationException($"A token shard counts {int.MaxValue} tokens at most, and there are {Count}; use less text or a larger vocabulary.");
        Span<byte> header = stackalloc byte[3 * sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(header, ShardHeader.Magic);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], _is32 ? ShardHeader.Version32 : ShardHeader.Version16);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], (int)Count);
        _file.Position = 0;
        _file.Write(header);
        _file.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
