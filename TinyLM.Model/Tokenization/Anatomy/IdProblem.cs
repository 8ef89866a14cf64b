namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>Something in a list of ids that is none.</summary>
/// <param name="Position">Which entry of the list it is, from 1.</param>
/// <param name="Text">What stands there.</param>
/// <param name="IsNumber">Whether it is a whole number, which no token has.</param>
public readonly record struct IdProblem(int Position, string Text, bool IsNumber);
