using TinyLM.Model.Storage;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>Files on a disk with little room: what does not fit fails as the system says it (ENOSPC), after the part that does.</summary>
/// <param name="root">The disk.</param>
internal sealed class FullFiles(string root) : WatchedFiles
{
    private readonly Lock _lock = new();
    private long _room = long.MaxValue;

    /// <summary>Bytes that all files may take together.</summary>
    public long Room
    {
        get { lock (_lock) return _room; }
        set { lock (_lock) _room = value; }
    }

    /// <summary>How often there was no room.</summary>
    public int Refusals { get; private set; }

    /// <summary>Called before each call, and may change <see cref="Room"/>.</summary>
    public Action<FileCall> Before { get; set; } = _ => { };

    /// <summary>Bytes taken now.</summary>
    public long Taken => new DirectoryInfo(root).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    protected override void Call(FileCall call, Action<int> perform)
    {
        Before(call);
        if (call.Kind is not (CallKind.Write or CallKind.CreateFile or CallKind.CreateDirectory) || Room == long.MaxValue)
        {
            perform(call.Bytes.Length);
            return;
        }

        var left = Math.Max(0, Room - Taken);
        var grows = call.Kind == CallKind.Write ? call.Position + call.Bytes.Length - new FileInfo(call.Path).Length : 1;
        if (grows <= left)
        {
            perform(call.Bytes.Length);
            return;
        }

        Refusals++;
        if (call.Kind == CallKind.Write) perform((int)Math.Min(left, call.Bytes.Length));
        throw new IOException("No space left on device", FullDisk.NoSpace);
    }
}
