using TinyLM.Model.Architectures;
using TinyLM.Model.Scaling;

namespace TinyLM.Model.Runs;

/// <summary>A run of a <see cref="ScalingExperiment"/>.</summary>
/// <param name="Spec">Its settings.</param>
/// <param name="Time">What it takes from the start of its worker to its end.</param>
public sealed record ExperimentRun(RunSpec Spec, TimeSpan Time)
{
    /// <summary>Its size, tables counted, and the tokens that its steps learn from.</summary>
    public ScalingPoint Place => new(ModelArithmetic.ParameterCount(Spec.Model), (double)Spec.Training.Steps * Spec.Training.TokensPerStep(Spec.Model.ContextLength));
}
