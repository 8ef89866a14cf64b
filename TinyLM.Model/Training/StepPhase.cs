namespace TinyLM.Model.Training;

/// <summary>The parts of an optimizer step, in their order.</summary>
internal enum StepPhase
{
    /// <summary>Reading the batches.</summary>
    Data,

    /// <summary>From tokens to the loss.</summary>
    Forward,

    /// <summary>From the loss to the gradients.</summary>
    Backward,

    /// <summary>From the gradients to new weights.</summary>
    Optimizer,
}
