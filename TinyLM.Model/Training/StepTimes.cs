namespace TinyLM.Model.Training;

/// <summary>Where the time of an optimizer step goes, in seconds; single precision, for runs keep hundreds of thousands of them.</summary>
/// <param name="Data">Reading the batches.</param>
/// <param name="Forward">From tokens to the loss.</param>
/// <param name="Backward">From the loss to the gradients, waiting for the slowest thread counted.</param>
/// <param name="Optimizer">From the gradients to new weights.</param>
public readonly record struct StepTimes(float Data, float Forward, float Backward, float Optimizer);
