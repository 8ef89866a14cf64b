using System.Text.Json;

namespace TinyLM.Model.Runs;

/// <summary>Reads a run's <c>events.jsonl</c> forward while another process appends to it.</summary>
/// <remarks>
/// A torn last line waits for its end. When a resumed worker has taken lines back, the reader starts over: it remembers the last
/// bytes that it has read and looks whether they still stand there. Lines carry times, so other lines are other bytes.
/// For one thread at a time.
/// </remarks>
/// <param name="run">The run; the file need not exist yet.</param>
public sealed class RunEventReader(RunFolder run)
{
    private const int RememberedBytes = 512;
    private const int BlockBytes = 1 << 22;
    private static readonly byte[] s_step = "{\"type\":\"step\","u8.ToArray();
    private readonly List<RunEvent> _events = [];
    private byte[] _remembered = [];
    private long _position;
    private int _lines;

    /// <summary>How often the reader had to start over.</summary>
    public int Generation { get; private set; }

    /// <summary>Lines that are no events, as a newer worker or a damaged disk leaves them; they are passed over.</summary>
    public int UnreadableLines { get; private set; }

    /// <summary>Number of the first of them, from 1; 0 where there is none.</summary>
    public int FirstUnreadable { get; private set; }

    /// <summary>What was appended since the last call, or since the start when <see cref="Generation"/> changed.</summary>
    /// <returns>The events in order, of some megabytes of lines at most; empty: there is no more. The list is used again by the next call.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<RunEvent> Read()
    {
        _events.Clear();
        if (!File.Exists(run.EventsPath))
        {
            if (_position > 0) StartOver();
            return _events;
        }

        using var file = new FileStream(run.EventsPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (!StillStands(file)) StartOver();
        while (_events.Count == 0 && ReadBlock(file)) { }
        return _events;
    }

    /// <summary>Reads the next whole lines.</summary>
    /// <returns>Whether there may be more.</returns>
    private bool ReadBlock(FileStream file)
    {
        for (long size = BlockBytes; ; size *= 2) // a line longer than a block asks for a larger one
        {
            var available = Math.Max(0, file.Length - _position);
            var content = new byte[Math.Min(available, size)];
            file.Position = _position;
            var whole = content.AsSpan(0, file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false));
            whole = whole[..(whole.LastIndexOf((byte)'\n') + 1)];
            if (!StillStands(file)) // taken back between the first look and the read
            {
                StartOver();
                return true;
            }

            if (whole.IsEmpty && size < available) continue;
            foreach (var line in whole.Split((byte)'\n'))
                if (!whole[line].IsEmpty) Take(whole[line]);
            _position += whole.Length;
            Remember(whole);
            return !whole.IsEmpty;
        }
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        _lines++;
        try
        {
            if (!EventLine.IsSound(line)) throw new JsonException("The sum does not hold.");
            // Nearly all lines are steps: read as what they are, they take half as long as when the type is looked for.
            var happened = line.StartsWith(s_step) ? JsonSerializer.Deserialize<StepEvent>(line, RunJson.Line) : JsonSerializer.Deserialize<RunEvent>(line, RunJson.Line);
            if (happened is not null) _events.Add(happened);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            if (UnreadableLines++ == 0) FirstUnreadable = _lines;
        }
    }

    private bool StillStands(FileStream file)
    {
        if (file.Length < _position) return false;
        var found = new byte[_remembered.Length];
        file.Position = _position - found.Length;
        return file.ReadAtLeast(found, found.Length, throwOnEndOfStream: false) == found.Length && found.AsSpan().SequenceEqual(_remembered);
    }

    private void Remember(ReadOnlySpan<byte> read)
    {
        if (read.IsEmpty) return;
        _remembered = read.Length >= RememberedBytes ? read[^RememberedBytes..].ToArray()
            : [.. _remembered.AsSpan(Math.Max(0, _remembered.Length + read.Length - RememberedBytes)), .. read];
    }

    private void StartOver()
    {
        (_position, _remembered) = (0, []);
        Generation++;
        (_lines, UnreadableLines, FirstUnreadable) = (0, 0, 0);
    }
}
