using TinyLM.Lab.Models;
using TinyLM.Lab.Security;

namespace TinyLM.Lab.Studio;

/// <summary>The trees that are being worked on, each found by its id for as long as the lab runs; of those that were not saved, the last used ones. Thread-safe.</summary>
public sealed class StudioSessions([FromKeyedServices(Guarding.Inside)] IModelHost models, [FromKeyedServices(Guarding.Inside)] IStudioStore store, ILogger<StudioSession> logger) : IDisposable
{
    private const int MostKept = 100;

    private readonly Lock _lock = new();
    private readonly List<(string Id, StudioSession Session)> _sessions = []; // the last used ones last

    /// <summary>The session of an id: the one that is being worked on, else the tree that was saved under it, else a new one.</summary>
    public StudioSession Open(string id)
    {
        lock (_lock)
        {
            var at = _sessions.FindIndex(one => one.Id == id);
            var session = at >= 0 ? _sessions[at].Session : new StudioSession(store.FindTree(id) ?? new StudioTree { Id = id }, models, logger);
            if (at >= 0) _sessions.RemoveAt(at);
            _sessions.Add((id, session));
            if (_sessions.Count > MostKept)
            {
                _sessions[0].Session.Dispose();
                _sessions.RemoveAt(0);
            }

            return session;
        }
    }

    /// <summary>An id for a new tree.</summary>
    public static string NewId() => Guid.NewGuid().ToString("N")[..12];

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
            foreach (var (_, session) in _sessions) session.Dispose();
    }
}
