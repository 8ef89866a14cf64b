using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TinyLM.Lab.Library;
using TinyLM.Lab.Security;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Lab.Security;

/// <summary>Large, broken off and slow uploads: memory stays as it is, and nothing is left of what did not come to its end.</summary>
[Collection(AloneTests.Name)]
public sealed class UploadTests : IDisposable
{
    private static readonly byte[] s_verse = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 4_000).Select(i => $"Verse {i}: the fox ran home.\n")) + "<|endoftext|>\n");

    private readonly TempLab _lab = new();
    private readonly CorpusLibrary _corpora;
    private readonly ModelLibrary _models;

    public UploadTests()
    {
        _corpora = new CorpusLibrary(_lab.Directory, TimeProvider.System, NullLogger<CorpusLibrary>.Instance);
        _models = new ModelLibrary(_lab.Directory, TimeProvider.System, NullLogger<ModelLibrary>.Instance);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _corpora.Dispose();
        _lab.Dispose();
    }

    [Fact]
    public async Task Upload_OfAGigabyte_TakesLessThan100MegabytesOfMemory()
    {
        var bytes = TrustCounts.Of(1, 5) * 1_000_000_000L;
        var memory = new HighestMemory();

        var corpus = await _corpora.AddAsync("large.txt", new BlockStream(s_verse, bytes), memory, Cancel);

        Assert.InRange(corpus.ByteCount, bytes * 99 / 100, bytes);
        Assert.InRange(memory.Rise, long.MinValue, 100_000_000);
        await _corpora.DeleteAsync(corpus.Id, Cancel);
        Assert.Empty(Leftovers());
    }

    [Fact]
    public async Task Upload_ThatIsAborted_LeavesNothing()
    {
        for (var i = 0; i < TrustCounts.Of(20, 200); i++)
        {
            using var abort = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var at = 1L << (10 + i % 14);
            var stop = new SynchronousProgress(read =>
            {
                if (read >= at) abort.Cancel();
            });
            var content = i % 2 == 0 ? (Stream)new BlockStream(s_verse, 1L << 40) : new BreakingStream(at);

            await Assert.ThrowsAnyAsync<Exception>(() => i % 4 < 2
                ? _corpora.AddAsync("broken.txt", content, stop, abort.Token)
                : _models.ImportAsync([new UploadedFile("model.bin", _ => content)], stop, abort.Token));
        }

        Assert.Empty(Leftovers());
    }

    [Fact]
    public async Task Upload_ThatComesByteByByte_IsTakenLikeAnother()
    {
        var corpus = await _corpora.AddAsync("slow.txt", new ChunkedStream(s_verse[..5_000], 1), null, Cancel);

        Assert.Equal("Verse 0: the fox ran home.", (await _corpora.PreviewAsync(corpus.Id, 0, 1, 26, Cancel))[0].Text);
    }

    [Fact]
    public void Upload_OfMoreThanTheLabTakes_IsRefusedInWordsBeforeItIsRead() =>
        Assert.Equal("It has 1,001 bytes, and the lab takes 1,000 at most. Send less, or raise Lab:Limits:LargestUpload in the lab's settings.", Assert.Throws<LimitReachedException>(() => new LabLimits { LargestUpload = 1_000 }.CheckUpload(1_001)).Message);

    private IEnumerable<string> Leftovers() => Directory.EnumerateFileSystemEntries(_lab.Directory.CorporaPath).Concat(Directory.EnumerateFileSystemEntries(_lab.Directory.ModelsPath));

    /// <summary>The most that is held while an upload is read, above what was held before.</summary>
    private sealed class HighestMemory : IProgress<long>
    {
        private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);
        private long _next;

        public long Rise { get; private set; } = long.MinValue;

        public void Report(long value)
        {
            if (value < _next) return;
            _next = value + 50_000_000;
            Rise = Math.Max(Rise, GC.GetTotalMemory(forceFullCollection: true) - _before);
        }
    }

    private sealed class SynchronousProgress(Action<long> told) : IProgress<long>
    {
        public void Report(long value) => told(value);
    }

    /// <summary>The same block over and over, whole blocks at a time.</summary>
    private sealed class BlockStream(byte[] block, long length) : MemoryStream
    {
        private long _position;

        public override int Read(Span<byte> buffer)
        {
            var at = (int)(_position % block.Length);
            var count = (int)Math.Min(Math.Min(buffer.Length, block.Length - at), length - _position);
            block.AsSpan(at, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.FromResult(Read(buffer.Span));
        }
    }

    /// <summary>A connection that breaks off.</summary>
    private sealed class BreakingStream(long at) : MemoryStream
    {
        private long _position;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_position >= at) throw new IOException("The connection broke off.");
            var count = (int)Math.Min(buffer.Length, at - _position);
            buffer.Span[..count].Fill((byte)'a');
            _position += count;
            return ValueTask.FromResult(count);
        }
    }
}
