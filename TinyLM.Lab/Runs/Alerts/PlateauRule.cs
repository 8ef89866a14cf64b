using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Alerts;

/// <summary>Measurements of the validation loss in a row of which none got below the best before them by more than a trifle.</summary>
internal sealed class PlateauRule : IAlertRule
{
    /// <summary>Measurements in a row.</summary>
    internal const int Patience = 6;

    /// <summary>Part of the best loss that counts as getting below it.</summary>
    internal const double Trifle = 0.001;

    private double _best = double.PositiveInfinity;
    private double? _floor;
    private int _since;

    /// <inheritdoc/>
    public RunAlert? Current { get; private set; }

    /// <inheritdoc/>
    public void Add(RunEvent happened)
    {
        if (happened is DatasetEvent dataset) _floor = dataset.EntropyFloor;
        if (happened is not EvaluationEvent { Loss: var loss, Step: var step } || !double.IsFinite(loss)) return;
        if (loss < _best * (1 - Trifle))
        {
            (_best, _since, Current) = (loss, 0, null);
            return;
        }

        if (++_since < Patience) return;
        var nearFloor = _floor is { } floor && _best < 1.02 * floor;
        Current = new RunAlert(
            AlertKind.Plateau,
            step,
            FormattableString.Invariant($"The validation loss has not fallen below {_best:0.000} in {_since} measurements."),
            nearFloor
                ? "It is at the entropy of the text: there is nothing left to learn. Stop the run."
                : "The model has learned what it can at this learning rate, or from this text. Let the rate fall, train on more text, or take a larger model.");
    }
}
