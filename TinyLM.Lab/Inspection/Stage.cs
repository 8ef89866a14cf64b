namespace TinyLM.Lab.Inspection;

/// <summary>One stage of the way from a prompt to its next token.</summary>
/// <param name="Key">Its name in an address.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Formula">What is computed.</param>
/// <param name="Explanation">What it is for, in one paragraph.</param>
/// <param name="IsOfBlock">Whether each block has it.</param>
public sealed record Stage(string Key, string Title, string Formula, string Explanation, bool IsOfBlock = true);
