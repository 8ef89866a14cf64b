namespace TinyLM.Model.Architectures;

/// <summary>In which numbers matrices stand beside their exact ones.</summary>
internal enum WorkingWeights
{
    /// <summary>The exact numbers are multiplied.</summary>
    None,

    /// <summary>bf16 copies are multiplied, and gradients are gathered in fp32: for a processor.</summary>
    Copies,

    /// <summary>
    /// bf16 copies are multiplied and are leaves of autograd with bf16 gradients, which are added to fp32 ones after each micro-step:
    /// for a graphics card. Micikevicius et al. 2017, "Mixed Precision Training", https://arxiv.org/abs/1710.03740.
    /// </summary>
    Leaves,
}
