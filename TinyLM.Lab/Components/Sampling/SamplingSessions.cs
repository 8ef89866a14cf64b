using System.Collections.Concurrent;
using TinyLM.Lab.Models;
using TinyLM.Lab.Security;

namespace TinyLM.Lab.Components.Sampling;

/// <summary>One sampling session a run, for as long as the lab runs.</summary>
public sealed class SamplingSessions([FromKeyedServices(Guarding.Inside)] IModelHost models, TimeProvider time, ILogger<SamplingSession> logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, SamplingSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>The session of a run, begun when it is first asked for.</summary>
    public SamplingSession Of(string runId) => _sessions.GetOrAdd(runId, id => new SamplingSession(models, id, time, logger));

    /// <summary>Ends the session of a run that is no more.</summary>
    public void Forget(string runId)
    {
        if (_sessions.TryRemove(runId, out var session)) session.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var session in _sessions.Values) session.Dispose();
    }
}
