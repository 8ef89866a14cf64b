using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Alerts;

/// <summary>A loss far above its running spread. It stands until the loss is back, and for some steps after, so that a person sees it.</summary>
internal sealed class SpikeRule : IAlertRule
{
    /// <summary>Steps before anything counts: the loss of the first ones falls too fast to have a spread.</summary>
    internal const int WarmUp = 100;

    /// <summary>Standard deviations above the mean.</summary>
    internal const double Deviations = 6;

    /// <summary>And at least this part of the mean above it: the spread of a calm loss is tiny.</summary>
    internal const double LeastRise = 0.1;

    /// <summary>Steps without another spike after which it is forgotten.</summary>
    internal const int Memory = 300;

    private readonly RunningSpread _spread = new(0.02);
    private int _lastSpike;

    /// <inheritdoc/>
    public RunAlert? Current { get; private set; }

    /// <inheritdoc/>
    public void Add(RunEvent happened)
    {
        if (happened is not StepEvent { Loss: var loss, Step: var step } || !double.IsFinite(loss)) return;
        var limit = Math.Max(_spread.Mean + Deviations * _spread.Deviation, _spread.Mean * (1 + LeastRise));
        if (_spread.Count >= WarmUp && loss > limit)
        {
            _lastSpike = step;
            Current = new RunAlert(
                AlertKind.Spike,
                step,
                FormattableString.Invariant($"The loss jumped to {loss:0.000} at step {step:N0}; before, it was {_spread.Mean:0.000} ± {_spread.Deviation:0.000}."),
                "One odd batch passes by itself. If the loss stays up, the learning rate is too high for this point: go back to the checkpoint before it with a lower rate, or clip gradients.");
            _spread.Add(limit); // a new level becomes the usual one in time, a single spike hardly counts
            return;
        }

        _spread.Add(loss);
        if (Current is not null && step - _lastSpike > Memory) Current = null;
    }
}
