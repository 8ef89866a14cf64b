namespace TinyLM.Model.Scaling;

/// <summary>A law that was fitted to points.</summary>
/// <param name="Law">The law.</param>
/// <param name="Objective">Sum of Huber losses that it leaves.</param>
/// <param name="Points">Number of points.</param>
public sealed record LawFit(ParametricLaw Law, double Objective, int Points);
