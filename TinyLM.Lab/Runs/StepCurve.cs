using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs;

/// <summary>The step events of a run in bounded memory.</summary>
/// <remarks>
/// Up to <see cref="Limit"/> events are kept as they are. Then, and at each further time, the curve is halved: of each four
/// neighbours the lowest and the highest loss stay, and newcomers are thinned as they come by the same rule, so that the whole
/// curve has one density. A chart draws min/max bands from about 2,000 points on, so nothing visible is lost: no spike, no dip;
/// only a zoom into a run of more than <see cref="Limit"/> steps ends at coarser points than events.jsonl has.
/// </remarks>
internal sealed class StepCurve(int limit = StepCurve.Limit)
{
    /// <summary>Events kept; about 40 MB.</summary>
    public const int Limit = 200_000;

    private readonly List<StepEvent> _steps = [];
    private readonly List<StepEvent> _waiting = [];
    private int _perBucket = 1;

    /// <summary>How often the curve was halved: those who have read it must read it again.</summary>
    public int Halvings { get; private set; }

    /// <summary>Events that can be read.</summary>
    public int Count => _steps.Count;

    /// <summary>Adds the next event. From the first halving on it shows with its neighbours, when they are there.</summary>
    public void Add(StepEvent step)
    {
        _waiting.Add(step);
        if (_waiting.Count < _perBucket) return;
        Thin(_waiting, _steps);
        _waiting.Clear();
        if (_steps.Count >= limit) Halve();
    }

    /// <summary>Shows what waits for neighbours: the run has ended.</summary>
    public void Complete()
    {
        _steps.AddRange(_waiting);
        _waiting.Clear();
    }

    /// <summary>A copy of the events from an index on.</summary>
    public IReadOnlyList<StepEvent> From(int index) => index == _steps.Count ? [] : _steps[index..];

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _steps.Clear();
        _waiting.Clear();
        _perBucket = 1;
    }

    private void Halve()
    {
        var all = _steps.ToArray();
        _steps.Clear();
        foreach (var four in all.Chunk(4)) Thin(four, _steps);
        _perBucket = _perBucket == 1 ? 4 : 2 * _perBucket;
        Halvings++;
    }

    /// <summary>Keeps the lowest and the highest loss, in their order; a loss that is no number is higher than all.</summary>
    private static void Thin(IReadOnlyList<StepEvent> bucket, List<StepEvent> kept)
    {
        var (low, high) = (0, 0);
        for (var i = 1; i < bucket.Count; i++)
        {
            if (Height(bucket[i]) < Height(bucket[low])) low = i;
            if (Height(bucket[i]) >= Height(bucket[high])) high = i;
        }

        kept.Add(bucket[Math.Min(low, high)]);
        if (low != high) kept.Add(bucket[Math.Max(low, high)]);
    }

    private static double Height(StepEvent step) => double.IsNaN(step.Loss) ? double.PositiveInfinity : step.Loss;
}
