namespace TinyLM.Lab.Inspection;

/// <summary>Which part of a run's text a model is measured on.</summary>
public enum SampleText
{
    /// <summary>Text that it learned from.</summary>
    Learned,

    /// <summary>Text that was set apart to measure on.</summary>
    Validation,
}
