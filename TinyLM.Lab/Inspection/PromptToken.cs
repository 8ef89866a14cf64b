namespace TinyLM.Lab.Inspection;

/// <summary>A token as pages show it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What it stands for, with signs in place of what cannot be seen.</param>
public readonly record struct PromptToken(int Id, string Text);
