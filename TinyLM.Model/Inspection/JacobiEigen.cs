namespace TinyLM.Model.Inspection;

/// <summary>All eigenvectors of a small symmetric matrix, by Jacobi's rotations.</summary>
/// <remarks>Golub and Van Loan, "Matrix Computations", section 8.5.</remarks>
internal static class JacobiEigen
{
    private const int MostSweeps = 60;

    /// <summary>Solves the problem.</summary>
    /// <param name="matrix">Symmetric; stays as it is.</param>
    /// <returns>Unit eigenvectors as rows and their eigenvalues, the greatest first.</returns>
    public static (double[][] Vectors, double[] Values) Solve(double[][] matrix)
    {
        var size = matrix.Length;
        double[][] a = [.. matrix.Select(row => (double[])row.Clone())];
        double[][] vectors = [.. Enumerable.Range(0, size).Select(i => Enumerable.Range(0, size).Select(j => i == j ? 1.0 : 0).ToArray())];
        var scale = a.Sum(row => row.Sum(value => value * value));
        for (var sweep = 0; sweep < MostSweeps; sweep++)
        {
            var off = 0.0;
            for (var p = 0; p < size; p++)
                for (var q = p + 1; q < size; q++) off += a[p][q] * a[p][q];
            if (off <= 1e-30 * scale) break;
            for (var p = 0; p < size; p++)
                for (var q = p + 1; q < size; q++) Rotate(a, vectors, p, q);
        }

        int[] order = [.. Enumerable.Range(0, size).OrderByDescending(i => a[i][i])];
        return ([.. order.Select(i => vectors[i])], [.. order.Select(i => a[i][i])]);
    }

    private static void Rotate(double[][] a, double[][] vectors, int p, int q)
    {
        if (a[p][q] == 0) return;
        var theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        var t = (theta >= 0 ? 1 : -1) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
        var cosine = 1 / Math.Sqrt(t * t + 1);
        var sine = t * cosine;
        for (var k = 0; k < a.Length; k++) (a[k][p], a[k][q]) = (cosine * a[k][p] - sine * a[k][q], sine * a[k][p] + cosine * a[k][q]);
        for (var k = 0; k < a.Length; k++) (a[p][k], a[q][k]) = (cosine * a[p][k] - sine * a[q][k], sine * a[p][k] + cosine * a[q][k]);
        for (var k = 0; k < a.Length; k++) (vectors[p][k], vectors[q][k]) = (cosine * vectors[p][k] - sine * vectors[q][k], sine * vectors[p][k] + cosine * vectors[q][k]);
    }
}
