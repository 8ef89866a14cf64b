using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Alerts;

/// <summary>The validation loss rises from one measurement to the next while the training loss between them falls.</summary>
internal sealed class OverfittingRule : IAlertRule
{
    /// <summary>Rises in a row.</summary>
    internal const int Rises = 3;

    /// <summary>Part of the lowest validation loss that it must have risen by in all.</summary>
    internal const double LeastRise = 0.01;

    private double _sum, _trainingBefore = double.PositiveInfinity, _validationBefore = double.PositiveInfinity, _lowest = double.PositiveInfinity;
    private int _count, _rises, _lowestStep;

    /// <inheritdoc/>
    public RunAlert? Current { get; private set; }

    /// <inheritdoc/>
    public void Add(RunEvent happened)
    {
        if (happened is StepEvent { Loss: var loss } && double.IsFinite(loss)) (_sum, _count) = (_sum + loss, _count + 1);
        if (happened is not EvaluationEvent { Loss: var validation, Step: var step } || !double.IsFinite(validation)) return;

        var training = _count > 0 ? _sum / _count : _trainingBefore;
        _rises = validation > _validationBefore && training < _trainingBefore ? _rises + 1 : 0;
        if (validation < _lowest) (_lowest, _lowestStep) = (validation, step);
        (_sum, _count, _trainingBefore, _validationBefore) = (0, 0, training, validation);
        if (_rises == 0) Current = null;
        if (_rises < Rises || validation < _lowest * (1 + LeastRise)) return;
        Current = new RunAlert(
            AlertKind.Overfitting,
            step,
            FormattableString.Invariant($"The validation loss rose {_rises} times in a row, to {validation:0.000}, while the training loss fell to {training:0.000}."),
            FormattableString.Invariant($"The model begins to learn its text by heart. It was best at step {_lowestStep:N0}, at {_lowest:0.000}: take the checkpoint near it, or train on more text, a smaller model, or with more weight decay."));
    }
}
