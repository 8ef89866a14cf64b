namespace TinyLM.Model.Training;

/// <summary>How the validation loss has gone, for ending a run that no longer learns.</summary>
/// <param name="Lowest">Lowest loss so far.</param>
/// <param name="Since">Measurements since that one.</param>
/// <param name="Step">Step of the last measurement.</param>
internal sealed record ValidationRecord(double Lowest, int Since, int Step)
{
    /// <summary>The record after another measurement.</summary>
    public static ValidationRecord After(ValidationRecord? earlier, double loss, int step) =>
        earlier is null || loss < earlier.Lowest ? new ValidationRecord(loss, 0, step) : earlier with { Since = earlier.Since + 1, Step = step };
}
