using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs;

/// <summary>A run as the catalog knows it. Guarded by the catalog's lock.</summary>
/// <param name="folder">Where it lies.</param>
/// <param name="clock">Given to its feed.</param>
internal sealed class KnownRun(RunFolder folder, TimeProvider clock)
{
    private readonly WeakReference<RunFeed> _feed = new(null!);
    private RunFeed? _live;
    private StoredRun? _stored;

    /// <summary>Where it lies.</summary>
    public RunFolder Folder => folder;

    /// <summary>The files that it is known from.</summary>
    public RunFingerprint Fingerprint { get; set; }

    /// <summary>Its summary once it has ended; null while it lives.</summary>
    public RunSummary? Ended { get; private set; }

    /// <summary>What was asked and what people added; read when first needed.</summary>
    public StoredRun Stored => _stored ??= RunStore.Read(folder);

    /// <summary>The run as it stands.</summary>
    public RunSummary Summary => Ended ?? Feed().Summary;

    /// <summary>Its feed: one for all; kept while the run lives or somebody looks at it.</summary>
    public RunFeed Feed()
    {
        if (_live is not null) return _live;
        if (_feed.TryGetTarget(out var feed)) return feed;
        feed = new RunFeed(Stored, clock);
        _feed.SetTarget(feed);
        return feed;
    }

    /// <summary>The run lives, or its files have changed: its feed is asked from now on.</summary>
    public void Wake()
    {
        Ended = null;
        _stored = null;
        _live = Feed();
        _live.Become(Stored);
        _live.Invalidate();
    }

    /// <summary>The run has ended: its feed may go.</summary>
    public void Rest(RunSummary ended)
    {
        Ended = ended;
        _live = null;
    }
}
