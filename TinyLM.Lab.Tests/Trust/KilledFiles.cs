namespace TinyLM.Lab.Tests.Trust;

/// <summary>The process was killed: nothing that it would still do is done.</summary>
internal sealed class KilledException : Exception;

/// <summary>Files of a process that is killed at one of its calls: what was done before stands, a write is done by half, and every later call fails.</summary>
/// <param name="at">The call, counted from 0; beyond the last for a process that lives.</param>
internal sealed class KilledFiles(int at) : WatchedFiles
{
    /// <summary>Calls so far.</summary>
    public int Count { get; private set; }

    /// <summary>The call at which it died; null while it lives.</summary>
    public FileCall? DiedAt { get; private set; }

    protected override void Call(FileCall call, Action<int> perform)
    {
        if (DiedAt is not null) throw new KilledException();
        if (Count++ == at)
        {
            DiedAt = call;
            if (call.Kind == CallKind.Write) perform(call.Bytes.Length / 2);
            throw new KilledException();
        }

        perform(call.Bytes.Length);
    }
}
