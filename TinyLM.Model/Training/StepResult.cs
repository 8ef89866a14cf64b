namespace TinyLM.Model.Training;

/// <summary>What a step measured, where it was asked to.</summary>
/// <param name="Loss">Mean loss before the update, in nats per token.</param>
/// <param name="GradientNorm">Global norm of the gradient before clipping.</param>
/// <param name="LearningRate">Learning rate of the step.</param>
/// <param name="UpdateRatio">How far the step moved the weights, relative to them; null where it was not measured.</param>
internal sealed record StepResult(double Loss, double GradientNorm, double LearningRate, double? UpdateRatio);
