namespace TinyLM.Model.Scaling;

/// <summary>What a choice of size and text costs beside the best one.</summary>
/// <param name="Best">The best point for the same compute.</param>
/// <param name="ExcessLoss">By how much the loss is above that point's, nats per token.</param>
/// <param name="NeededCompute">The compute with which the best point has the same loss.</param>
/// <param name="WastedFraction">The part of the compute that would not have been needed, 0 to 1.</param>
public readonly record struct ScalingWaste(ScalingPoint Best, double ExcessLoss, double NeededCompute, double WastedFraction);
