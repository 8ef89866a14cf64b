using System.Runtime.CompilerServices;
using TinyLM.Lab.Runs;

namespace TinyLM.Lab.Components.Charts;

/// <summary>The curves of one run as all draw them who look at it in the same way: a class of thirty holds the points once. Thread-safe.</summary>
/// <remarks>They live as long as somebody looks; those who look in another way, over another axis say, have others.</remarks>
public sealed class SharedCurves
{
    private static readonly ConditionalWeakTable<IRunFeed, List<WeakReference<SharedCurves>>> s_ofFeeds = [];

    private readonly Lock _lock = new();
    private readonly CurveSettings _settings;
    private readonly RunCurves _curves;
    private RunFeedCursor _cursor;

    private SharedCurves(CurveSettings settings) => (_settings, _curves) = (settings, settings.Create());

    /// <summary>Those of a feed that are drawn by these settings.</summary>
    public static SharedCurves Of(IRunFeed feed, CurveSettings settings)
    {
        var all = s_ofFeeds.GetValue(feed, _ => []);
        lock (all)
        {
            all.RemoveAll(reference => !reference.TryGetTarget(out _));
            foreach (var reference in all)
                if (reference.TryGetTarget(out var found) && found._settings == settings) return found;
            var shared = new SharedCurves(settings);
            all.Add(new WeakReference<SharedCurves>(shared));
            return shared;
        }
    }

    /// <summary>Reads what is new and shows it.</summary>
    /// <param name="feed">The feed that they belong to.</param>
    /// <param name="curves">Curves of the same settings; they show what the run has by now.</param>
    public void ShowIn(RunCurves curves, IRunFeed feed)
    {
        lock (_lock)
        {
            var update = feed.Read(_cursor);
            _curves.Apply(update);
            _cursor = update.Cursor;
            curves.Show(_curves);
        }
    }
}
