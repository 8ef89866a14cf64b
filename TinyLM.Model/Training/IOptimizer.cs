namespace TinyLM.Model.Training;

/// <summary>Turns gradients into new weights. Owns its moments; belongs to the thread that trains.</summary>
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
    /// weights and moments stay as they were.
    /// </returns>
    double? Step(int step, double learningRate, double gradientScale, double clip, bool readNorm);

    /// <summary>Copies the moments out, in the order of the parameters.</summary>
    void ReadMoments(Span<float> first, Span<float> second);

    /// <summary>Replaces the moments.</summary>
    void WriteMoments(ReadOnlySpan<float> first, ReadOnlySpan<float> second);
}
