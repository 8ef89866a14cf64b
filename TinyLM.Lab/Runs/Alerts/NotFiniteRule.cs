using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Alerts;

/// <summary>A loss or a norm that is no finite number, told by a step or by the worker that gave up.</summary>
internal sealed class NotFiniteRule : IAlertRule
{
    private double _learningRate;

    /// <inheritdoc/>
    public RunAlert? Current { get; private set; }

    /// <inheritdoc/>
    public void Add(RunEvent happened)
    {
        switch (happened)
        {
            case StepEvent step:
                _learningRate = step.LearningRate;
                if (!double.IsFinite(step.Loss) || !double.IsFinite(step.GradientNorm)) Current = At(step.Step);
                break;
            case StatusEvent { Status: RunStatus.Failed, Reason: { } reason } failed when reason.StartsWith(TrainingFailure.Diverged, StringComparison.Ordinal):
                Current = At(failed.Step);
                break;
            case StatusEvent { Status: RunStatus.Running }:
                Current = null; // it goes on from a checkpoint that was sound
                break;
        }
    }

    private RunAlert At(int step) => new(
        AlertKind.NotFinite,
        step,
        FormattableString.Invariant($"The loss was no finite number at step {step:N0}, at a learning rate of {_learningRate:0.######}."),
        "The learning rate is most likely too high, or the warm-up too short. Go back to the last good checkpoint with half the rate, or clip gradients at 1.");
}
