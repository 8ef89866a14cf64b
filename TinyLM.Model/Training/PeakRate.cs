using TinyLM.Model.Scaling;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Training;

/// <summary>The most that a device could do: what the utilisation of a run is measured by.</summary>
/// <param name="FlopsPerSecond">Floating-point operations a second, in the precision of the run.</param>
/// <param name="IsMeasured">Whether it is a large matrix product's, measured by libtorch at the start of the run; else the data sheet's, dense.</param>
internal readonly record struct PeakRate(double FlopsPerSecond, bool IsMeasured)
{
    private const double Budget = 0.05;
    private const int ProcessorSide = 768;
    private const int DeviceSide = 4096;

    /// <summary>NVIDIA's data sheets, bf16 without sparsity.</summary>
    private static readonly (string Name, double FlopsPerSecond)[] s_known =
    [
        ("A100", Accelerators.A100.FlopsPerSecond),
        ("H100 PCIe", Accelerators.H100Pcie.FlopsPerSecond),
        ("H100 80GB HBM3", Accelerators.H100.FlopsPerSecond),
        ("H200", Accelerators.H200.FlopsPerSecond),
    ];

    /// <summary>The data sheet's figure where it is known for the device and the precision, else a measurement.</summary>
    /// <param name="plan">Device and precision.</param>
    /// <param name="name">The device's name.</param>
    /// <param name="team">Who multiplies: on a processor all at once, each with its own matrices.</param>
    public static PeakRate Of(TrainingPlan plan, string name, WorkerTeam team)
    {
        if (plan.Precision == TrainingPrecision.Bf16 && Known(name) is { } known) return new PeakRate(known, IsMeasured: false);
        var place = device(plan.Device);
        var side = place.type == DeviceType.CPU ? ProcessorSide : DeviceSide;
        var rates = new double[team.Count];
        team.Run(member => rates[member] = MatrixProductRate.Measure(place, plan.Precision == TrainingPrecision.Bf16 ? bfloat16 : float32, side, side, side, Budget));
        return new PeakRate(rates.Sum(), IsMeasured: true);
    }

    /// <summary>The data sheet's figure for a device by its name; null where it is not known.</summary>
    public static double? Known(string name)
    {
        foreach (var (part, rate) in s_known)
            if (name.Contains(part, StringComparison.Ordinal) && !name.Contains("NVL", StringComparison.Ordinal)) return rate;
        return null;
    }
}
