using System.Numerics.Tensors;
using TinyLM.Model.Inference;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Inspection;

// N = points, C = dimensions, K = components

/// <summary>The directions along which points spread most, and where each point lies along them.</summary>
/// <remarks>
/// Eigenvectors of the covariance, by a block Krylov space with a Rayleigh–Ritz step, begun anew from what it found until the residuals
/// vanish (Golub and Van Loan, "Matrix Computations", section 10.3.6): many times fewer products than plain orthogonal iteration where the
/// variances lie close together, as in a model that has hardly learned. Signs are fixed: the greatest coordinate of each direction is
/// positive, so that neighbouring checkpoints give pictures that resemble each other.
/// </remarks>
public sealed class PrincipalComponents
{
    private const int Spare = 2;
    private const int MostVectors = 48; // of a Krylov space
    private const int MostCycles = 100;
    private const int Together = 512; // points of one product
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

        // Xᵀ X some points at a time, by the product of the forward pass; the sum of sums in double precision.
        var covariance = new double[dimensions][];
        for (var a = 0; a < dimensions; a++) covariance[a] = new double[dimensions];
        var part = new float[dimensions * dimensions];
        for (var first = 0; first < n; first += Together)
        {
            Array.Clear(part);
            AddProducts(points.Slice(first * dimensions, Math.Min(Together, n - first) * dimensions), mean, part);
            for (var a = 0; a < dimensions; a++)
                for (var b = 0; b < dimensions; b++) covariance[a][b] += part[a * dimensions + b];
        }

        for (var a = 0; a < dimensions; a++)
            for (var b = 0; b <= a; b++) covariance[a][b] = covariance[b][a] = (covariance[a][b] + covariance[b][a]) / (2.0 * n);
        return (mean, covariance);
    }

    /// <summary>products += Xᵀ X of points around their mean.</summary>
    private static void AddProducts(ReadOnlySpan<float> points, double[] mean, float[] products)
    {
        var (kernel, dimensions) = (PanelKernel.BestOf(WeightFormat.Fp32), mean.Length);
        var (n, width) = (points.Length / dimensions, kernel.PanelWidth);
        var columns = new float[dimensions * n];
        var panels = new AlignedFloats(kernel.PanelCount(dimensions) * n * width).Span;
        panels.Clear();
        for (var i = 0; i < n; i++)
        {
            for (var c = 0; c < dimensions; c++)
                columns[c * n + i] = panels[c / width * n * width + i * width + c % width] = (float)(points[i * dimensions + c] - mean[c]);
        }

        kernel.MultiplyAdd(new Rows(columns, n, dimensions), new Panels(panels, n * width, dimensions, n), new Rows(products, dimensions, dimensions));
    }

    /// <summary>The eigenvectors of the greatest eigenvalues of a symmetric matrix without negative ones.</summary>
    internal static (double[][] Vectors, double[] Values) Eigenvectors(double[][] matrix, int count)
    {
        var size = matrix.Length;
        var random = new Xoshiro256(1);
        double[][] start = [.. Enumerable.Range(0, Math.Min(size, count + Spare)).Select(_ => Enumerable.Range(0, size).Select(_ => random.NextDouble() - 0.5).ToArray())];
        for (var cycle = 1; ; cycle++)
        {
            var (basis, images) = KrylovSpace(matrix, start);
            double[][] projected = [.. basis.Select(vector => images.Select(image => TensorPrimitives.Dot<double>(vector, image)).ToArray())];
            var (rotations, values) = JacobiEigen.Solve(projected);
            start = Rotate(basis, rotations[..start.Length]);
            images = Rotate(images, rotations[..count]);
            if (cycle == MostCycles || Enumerable.Range(0, count).All(Solves)) return (start[..count], values[..count]);

            bool Solves(int k)
            {
                var residual = 0.0;
                for (var i = 0; i < size; i++) residual = Math.Max(residual, Math.Abs(images[k][i] - values[k] * start[k][i]));
                return residual <= Tolerance * Math.Max(values[0], double.Epsilon);
            }
        }
    }

    /// <summary>An orthonormal basis of the vectors and of their images under the matrix, again and again, and the images of that basis.</summary>
    private static (double[][] Basis, double[][] Images) KrylovSpace(double[][] matrix, double[][] start)
    {
        var most = Math.Min(matrix.Length, MostVectors);
        var basis = new List<double[]>(most);
        var images = new List<double[]>(most);
        foreach (var vector in start) Add((double[])vector.Clone());
        while (images.Count < basis.Count)
        {
            images.Add(Product(matrix, basis[images.Count]));
            if (basis.Count < most) Add((double[])images[^1].Clone());
        }

        return ([.. basis], [.. images]);

        void Add(double[] vector)
        {
            Orthonormalize(vector, basis);
            basis.Add(vector);
        }
    }

    private static double[] Product(double[][] matrix, double[] vector) => [.. matrix.Select(row => TensorPrimitives.Dot<double>(row, vector))];

    private static double[][] Rotate(double[][] vectors, double[][] rotations) => [.. rotations.Select(rotation =>
    {
        var rotated = new double[vectors[0].Length];
        for (var i = 0; i < vectors.Length; i++) TensorPrimitives.MultiplyAdd(vectors[i], rotation[i], rotated, rotated);
        return rotated;
    })];

    /// <summary>Gram–Schmidt, twice, so that nothing of the basis is left in the vector; one that vanishes is replaced.</summary>
    private static void Orthonormalize(double[] vector, List<double[]> basis)
    {
        var before = Math.Sqrt(TensorPrimitives.SumOfSquares<double>(vector));
        Remove(vector, basis);
        if (Math.Sqrt(TensorPrimitives.SumOfSquares<double>(vector)) <= 1e-12 * before || before == 0)
        {
            for (var axis = 0; axis < vector.Length; axis++)
            {
                Array.Clear(vector);
                vector[axis] = 1;
                Remove(vector, basis);
                if (TensorPrimitives.SumOfSquares<double>(vector) > 1e-6) break;
            }
        }

        Remove(vector, basis);
        TensorPrimitives.Divide(vector, Math.Sqrt(TensorPrimitives.SumOfSquares<double>(vector)), vector);
    }

    private static void Remove(double[] vector, List<double[]> basis)
    {
        foreach (var one in basis) TensorPrimitives.MultiplyAdd(one, -TensorPrimitives.Dot<double>(one, vector), vector, vector);
    }
}
