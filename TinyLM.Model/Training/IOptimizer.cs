using TinyLM.Model.Checkpoints;

namespace TinyLM.Model.Training;

/// <summary>Turns gradients into new weights. Owns its state; belongs to the thread that trains.</summary>
internal interface IOptimizer : IDisposable
{
    /// <summary>Clips, updates the weights, and sets the gradients to zero.</summary>
    /// <param name="step">Number of the step, from 1.</param>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="gradientScale">Multiplies the gradients before anything else: 1 / micro-steps.</param>
    /// <param name="clip">Largest global norm; 0 turns clipping off.</param>
    /// <param name="readNorm">Whether the norm is wanted, where reading it costs waiting for a device.</param>
    /// <returns>
    /// Global norm of the scaled gradients before clipping; null where it was not read. Where it is read and no finite number, the
    /// weights and the state stay as they were.
    /// </returns>
    double? Step(int step, double learningRate, double gradientScale, double clip, bool readNorm);

    /// <summary>Copies moments and momentum out, by their names in PyTorch and those of the weights: <c>exp_avg.transformer.wte.weight</c>.</summary>
    void ReadState(IDictionary<string, WeightTensor> state);

    /// <summary>Replaces moments and momentum.</summary>
    /// <exception cref="CheckpointException">Some are missing or of another shape.</exception>
    void WriteState(IReadOnlyDictionary<string, WeightTensor> state);
}
