namespace TinyLM.Lab.Security;

/// <summary>What each person gets only so much of, where a lab is open to the network.</summary>
public enum Allowance
{
    /// <summary>Texts that models write.</summary>
    Text,

    /// <summary>Files that are added.</summary>
    Upload,

    /// <summary>Trainings that are started, of models and of tokenizers.</summary>
    Start,
}
