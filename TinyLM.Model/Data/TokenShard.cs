using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace TinyLM.Model.Data;

/// <summary>A file of tokens in llm.c's format, mapped into memory: only what is read takes room. Safe for any number of threads.</summary>
public sealed class TokenShard : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly bool _is32;
    private readonly string _path;

    private TokenShard(string path, MemoryMappedFile map, MemoryMappedViewAccessor view, bool is32, long count) =>
        (_path, _map, _view, _is32, Count) = (path, map, view, is32, count);

    /// <summary>Number of tokens.</summary>
    public long Count { get; }

    /// <summary>Opens a shard.</summary>
    /// <exception cref="ShardFormatException">Wrong magic or version, or another length than the header tells.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TokenShard Open(string path)
    {
        var length = new FileInfo(path).Length;
        if (length < ShardHeader.ByteCount) throw new ShardFormatException($"{path}: the file has {length} bytes; a token shard begins with a header of {ShardHeader.ByteCount}.");
        var (is32, count) = ReadHeader(path);
        var expected = ShardHeader.ByteCount + count * (is32 ? sizeof(uint) : sizeof(ushort));
        if (length != expected) throw new ShardFormatException($"{path}: the header tells of {count} tokens, which take {expected} bytes; the file has {length}. It was cut off or something was added.");

        var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        return new TokenShard(path, map, map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), is32, count);
    }

    /// <summary>Reads tokens.</summary>
    /// <param name="position">Of the first, from 0.</param>
    /// <param name="destination">Filled whole.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many tokens.</exception>
    public void Read(long position, Span<int> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (position > Count - destination.Length)
            throw new ArgumentOutOfRangeException(nameof(position), position, $"{destination.Length} tokens from {position} on were asked for; {_path} holds {Count}.");
        var handle = _view.SafeMemoryMappedViewHandle;
        if (_is32)
        {
            handle.ReadSpan(Offset(position, sizeof(uint)), destination);
            return;
        }

        Span<ushort> narrow = stackalloc ushort[1024];
        for (; !destination.IsEmpty; destination = destination[Math.Min(destination.Length, narrow.Length)..])
        {
            var part = narrow[..Math.Min(destination.Length, narrow.Length)];
            handle.ReadSpan(Offset(position, sizeof(ushort)), part);
            for (var i = 0; i < part.Length; i++) destination[i] = part[i];
            position += part.Length;
        }
    }

    /// <summary>Looks at every token.</summary>
    /// <param name="vocabularySize">All are below it in a sound shard.</param>
    /// <param name="ct">Checked between blocks.</param>
    /// <exception cref="ShardFormatException">One is not; the message says which and where.</exception>
    public void CheckTokens(int vocabularySize, CancellationToken ct = default)
    {
        var block = new int[1 << 16];
        for (long position = 0; position < Count; position += block.Length)
        {
            ct.ThrowIfCancellationRequested();
            var part = block.AsSpan(0, (int)Math.Min(block.Length, Count - position));
            Read(position, part);
            for (var i = 0; i < part.Length; i++)
                if ((uint)part[i] >= (uint)vocabularySize)
                    throw new ShardFormatException($"{_path}: token {position + i} is {(uint)part[i]}; the vocabulary is 0 to {vocabularySize - 1}. The shard was cut by another tokenizer.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _map.Dispose();
    }

    private static ulong Offset(long position, int size) => (ulong)(ShardHeader.ByteCount + position * size);

    private static (bool Is32, long Count) ReadHeader(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Span<byte> header = stackalloc byte[3 * sizeof(int)];
        file.ReadExactly(header);
        var magic = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (magic != ShardHeader.Magic) throw new ShardFormatException($"{path}: the file begins with {magic}; a token shard of llm.c's format begins with {ShardHeader.Magic}.");
        var version = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        if (version is not (ShardHeader.Version16 or ShardHeader.Version32)) throw new ShardFormatException($"{path}: the shard has version {version}; the lab knows 1 (uint16 tokens) and 2 (uint32).");
        var count = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (count < 0) throw new ShardFormatException($"{path}: the header tells of {count} tokens.");
        return (version == ShardHeader.Version32, count);
    }
}
