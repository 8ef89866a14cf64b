using System.Text.Json;

namespace TinyLM.Model.Runs;

/// <summary>Appends to a run's <c>events.jsonl</c>, one whole line a write. Only the holder of the run's <see cref="RunLock"/> has one.</summary>
/// <remarks>
/// A line is in the system's hands when <see cref="Append"/> returns, so a killed worker loses none; it is on the disk after
/// <see cref="Flush"/>. For one thread at a time.
/// </remarks>
public sealed class RunEventWriter : IDisposable
{
    private readonly RunFolder _run;
    private readonly Stream _file;
    private bool _isNamed;

    /// <summary>Opens the file, which is made where it is missing, and cuts off a line that a crash left torn.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public RunEventWriter(RunFolder run)
    {
        ArgumentNullException.ThrowIfNull(run);
        (_run, _isNamed) = (run, File.Exists(run.EventsPath));
        _file = run.Files.Open(run.EventsPath, FileMode.OpenOrCreate);
        Truncate(EndOfLastWholeLine());
    }

    /// <summary>Bytes of whole lines so far: what a checkpoint remembers, so that a resumed run can take back what came after.</summary>
    public long Position => _file.Position;

    /// <summary>Appends an event.</summary>
    /// <exception cref="IOException">The disk is full; what was there stays whole.</exception>
    public void Append(RunEvent happened)
    {
        var line = EventLine.Of(JsonSerializer.SerializeToUtf8Bytes(happened, RunJson.Line));
        var before = Position;
        try
        {
            _file.Write(line);
        }
        catch (IOException)
        {
            Truncate(before);
            throw;
        }
    }

    /// <summary>Takes back what was appended after a position.</summary>
    /// <param name="position">The end of a line, from <see cref="Position"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The file is shorter than that.</exception>
    public void Truncate(long position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, _file.Length);
        if (_file.Length != position) _file.SetLength(position);
        _file.Position = position;
    }

    /// <summary>Waits until everything appended is on the disk.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Flush()
    {
        _run.Files.FlushToDisk(_file);
        if (_isNamed) return;
        _run.Files.FlushDirectory(_run.Path); // content without a name is no file
        _isNamed = true;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private long EndOfLastWholeLine()
    {
        var block = new byte[1 << 16];
        for (var end = _file.Length; end > 0;)
        {
            var start = Math.Max(0, end - block.Length);
            _file.Position = start;
            var read = block.AsSpan(0, (int)(end - start));
            _file.ReadExactly(read);
            if (read.LastIndexOf((byte)'\n') is var last and >= 0) return start + last + 1;
            end = start;
        }
        return 0;
    }
}
