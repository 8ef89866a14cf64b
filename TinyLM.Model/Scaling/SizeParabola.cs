namespace TinyLM.Model.Scaling;

// x = ln N − m

/// <summary>L = c + s·x + b·x² over the size.</summary>
/// <param name="Middle">m, about which it is written.</param>
/// <param name="Constant">c.</param>
/// <param name="Slope">s.</param>
/// <param name="Bend">b; above 0 it has a lowest place.</param>
public readonly record struct SizeParabola(double Middle, double Constant, double Slope, double Bend)
{
    /// <summary>ln N of its lowest place.</summary>
    public double LowestLogSize => Middle - Slope / (2 * Bend);

    /// <summary>The loss at its lowest place.</summary>
    public double LowestLoss => Constant - Slope * Slope / (4 * Bend);

    /// <summary>The loss of a size.</summary>
    public double Loss(double parameters)
    {
        var x = Math.Log(parameters) - Middle;
        return Constant + Slope * x + Bend * x * x;
    }
}
