namespace TinyLM.Model.Scaling;

/// <summary>Standard errors of the constants of a <see cref="ParametricLaw"/>.</summary>
/// <param name="E">Of E.</param>
/// <param name="A">Of A.</param>
/// <param name="B">Of B.</param>
/// <param name="Alpha">Of α.</param>
/// <param name="Beta">Of β.</param>
public readonly record struct LawErrors(double E, double A, double B, double Alpha, double Beta);
