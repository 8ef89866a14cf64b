using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Training;

/// <summary>How fast a device multiplies matrices, by trying.</summary>
internal static class MatrixProductRate
{
    /// <summary>The best of some products (rows, inner) · (inner, columns), by the calling thread and those of libtorch.</summary>
    /// <param name="place">Where.</param>
    /// <param name="type">Number format.</param>
    /// <param name="rows">Rows of the left matrix.</param>
    /// <param name="inner">Columns of the left matrix.</param>
    /// <param name="columns">Columns of the right matrix.</param>
    /// <param name="budget">Seconds after which no other product begins; three are always done.</param>
    /// <returns>Floating-point operations a second.</returns>
    public static double Measure(Device place, ScalarType type, int rows, int inner, int columns, double budget)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var left = ones([rows, inner], type, place);
        var right = ones([inner, columns], type, place);
        var best = double.PositiveInfinity;
        var start = Stopwatch.GetTimestamp();
        for (var round = 0; round < 3 || (round < 50 && Stopwatch.GetElapsedTime(start).TotalSeconds < budget); round++)
        {
            using var roundScope = NewDisposeScope();
            var before = Stopwatch.GetTimestamp();
            _ = left.mm(right)[0, 0].to(float32).item<float>(); // waits for the device
            best = Math.Min(best, Stopwatch.GetElapsedTime(before).TotalSeconds);
        }
        return 2.0 * rows * inner * columns / best;
    }
}
