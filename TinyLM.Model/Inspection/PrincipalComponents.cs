using System.Numerics.Tensors;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Inspection;

// N = points, C = dimensions, K = components

/// <summary>The directions along which points spread most, and where each point lies along them.</summary>
/// <remarks>
/// Eigenvectors of the covariance, by orthogonal iteration with a Rayleigh–Ritz step (Golub and Van Loan, "Matrix Computations",
/// section 8.2.4) on a few more directions than are asked for, until the residuals vanish. Signs are fixed: the greatest
/// coordinate of each direction is positive, so that neighbouring checkpoints give pictures that resemble each other.
/// </remarks>
public sealed class PrincipalComponents
{
    private const int Spare = 6;
    private const int MostIterations = 1000;
    private const double Tolerance = 1e-7; // of the greatest eigenvalue

    private PrincipalComponents(double[][] directions, double[] variances, double totalVariance, ActivationTable coordinates) =>
        (Directions, Variances, TotalVariance, Coordinates) = (directions, variances, totalVariance, coordinates);

    /// <summary>Unit vectors, the one of the greatest variance first, (K, C).</summary>
    public IReadOnlyList<double[]> Directions { get; }

    /// <summary>Variance of the points along each direction.</summary>
    public IReadOnlyList<double> Variances { get; }

    /// <summary>Variance of the points in all dimensions together.</summary>
    public double TotalVariance { get; }

    /// <summary>Where each point lies along the directions, from the mean of all, (N, K).</summary>
    public ActivationTable Coordinates { get; }

    /// <summary>Finds the first components.</summary>
    /// <param name="points">(N, C), row-major; at least one.</param>
    /// <param name="dimensions">C.</param>
    /// <param name="count">K, at most C.</param>
    public static PrincipalComponents Of(ReadOnlySpan<float> points, int dimensions, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, dimensions);
        var n = points.Length / dimensions;
        ArgumentOutOfRangeException.ThrowIfZero(n, nameof(points));
        var (mean, covariance) = Covariance(points, dimensions);
        var (directions, variances) = Eigenvectors(covariance, count);
        foreach (var direction in directions)
            if (direction[TensorPrimitives.IndexOfMaxMagnitude<double>(direction)] < 0) TensorPrimitives.Negate(direction, direction);
        var coordinates = new ActivationTable(new float[n * count], n, count);
        var offsets = directions.Select(direction => TensorPrimitives.Dot<double>(direction, mean)).ToArray();
        var point = new double[dimensions];
        for (var i = 0; i < n; i++)
        {
            TensorPrimitives.ConvertChecked(points.Slice(i * dimensions, dimensions), point);
            for (var k = 0; k < count; k++) coordinates[i][k] = (float)(TensorPrimitives.Dot<double>(directions[k], point) - offsets[k]);
        }

        return new PrincipalComponents(directions, variances, covariance.Select((row, i) => row[i]).Sum(), coordinates);
    }

    private static (double[] Mean, double[][] Covariance) Covariance(ReadOnlySpan<float> points, int dimensions)
    {
        var n = points.Length / dimensions;
        var mean = new double[dimensions];
        var point = new double[dimensions];
        for (var i = 0; i < n; i++)
        {
            TensorPrimitives.ConvertChecked(points.Slice(i * dimensions, dimensions), point);
            TensorPrimitives.Add<double>(mean, point, mean);
        }

        TensorPrimitives.Divide(mean, n, mean);

        // Columns, so that each entry is one product of two runs of memory.
        var columns = new float[dimensions][];
        for (var c = 0; c < dimensions; c++)
        {
            columns[c] = new float[n];
            for (var i = 0; i < n; i++) columns[c][i] = (float)(points[i * dimensions + c] - mean[c]);
        }

        var covariance = new double[dimensions][];
        for (var a = 0; a < dimensions; a++) covariance[a] = new double[dimensions];
        for (var a = 0; a < dimensions; a++)
            for (var b = 0; b <= a; b++) covariance[a][b] = covariance[b][a] = TensorPrimitives.Dot<float>(columns[a], columns[b]) / (double)n;
        return (mean, covariance);
    }

    /// <summary>The eigenvectors of the greatest eigenvalues of a symmetric matrix without negative ones.</summary>
    internal static (double[][] Vectors, double[] Values) Eigenvectors(double[][] matrix, int count)
    {
        var size = matrix.Length;
        var width = Math.Min(size, count + Spare);
        var random = new Xoshiro256(1);
        double[][] basis = [.. Enumerable.Range(0, width).Select(_ => Enumerable.Range(0, size).Select(_ => random.NextDouble() - 0.5).ToArray())];
        var values = new double[width];
        for (var iteration = 0; iteration < MostIterations; iteration++)
        {
            Orthonormalize(basis);
            double[][] images = [.. basis.Select(vector => Product(matrix, vector))];
            double[][] projected = [.. basis.Select(vector => images.Select(image => TensorPrimitives.Dot<double>(vector, image)).ToArray())];
            var (rotations, ritz) = JacobiEigen.Solve(projected);
            basis = Rotate(basis, rotations);
            images = Rotate(images, rotations);
            values = ritz;
            var isDone = true;
            for (var k = 0; k < count && isDone; k++)
            {
                var residual = images[k].Zip(basis[k], (image, coordinate) => image - values[k] * coordinate).Max(Math.Abs);
                isDone = residual <= Tolerance * Math.Max(values[0], double.Epsilon);
            }

            if (isDone) break;
            basis = images;
        }

        Orthonormalize(basis);
        return (basis[..count], values[..count]);
    }

    private static double[] Product(double[][] matrix, double[] vector) => [.. matrix.Select(row => TensorPrimitives.Dot<double>(row, vector))];

    private static double[][] Rotate(double[][] vectors, double[][] rotations) => [.. rotations.Select(rotation =>
    {
        var rotated = new double[vectors[0].Length];
        for (var i = 0; i < vectors.Length; i++) TensorPrimitives.MultiplyAdd(vectors[i], rotation[i], rotated, rotated);
        return rotated;
    })];

    /// <summary>Gram–Schmidt, twice, so that nothing of the first vectors is left in the last; a vector that vanishes is replaced.</summary>
    private static void Orthonormalize(double[][] vectors)
    {
        for (var i = 0; i < vectors.Length; i++)
        {
            var vector = vectors[i];
            var before = Math.Sqrt(TensorPrimitives.SumOfSquares<double>(vector));
            Remove(vectors, i);
            if (Math.Sqrt(TensorPrimitives.SumOfSquares<double>(vector)) <= 1e-12 * before || before == 0)
            {
                for (var axis = 0; axis < vector.Length; axis++)
                {
                    Array.Clear(vector);
                    vector[axis] = 1;
                    Remove(vectors, i);
                    if (TensorPrimitives.SumOfSquares<double>(vector) > 1e-6) break;
                }
            }

            Remove(vectors, i);
            TensorPrimitives.Divide(vector, Math.Sqrt(TensorPrimitives.SumOfSquares<double>(vector)), vector);
        }
    }

    private static void Remove(double[][] vectors, int index)
    {
        for (var j = 0; j < index; j++) TensorPrimitives.MultiplyAdd(vectors[j], -TensorPrimitives.Dot<double>(vectors[j], vectors[index]), vectors[index], vectors[index]);
    }
}
