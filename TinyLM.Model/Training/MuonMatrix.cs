using TinyLM.Model.Architectures;

namespace TinyLM.Model.Training;

/// <summary>A matrix that Muon orthogonalises as one: a weight, or a third of one that holds queries, keys and values.</summary>
/// <param name="Start">Its first number in the flat parameters.</param>
/// <param name="StateStart">Its first number in Muon's momentum.</param>
/// <param name="Rows">Outputs.</param>
/// <param name="Columns">Inputs.</param>
internal readonly record struct MuonMatrix(long Start, long StateStart, int Rows, int Columns)
{
    /// <summary>An update is divided by its norm, and by this where it is shorter.</summary>
    public const float LeastNorm = 1e-7f;

    /// <summary>Numbers in it.</summary>
    public int Count => Rows * Columns;

    /// <summary>About how long it takes: the shorter side is multiplied most.</summary>
    private double Cost => (double)Count * Math.Min(Rows, Columns);

    /// <summary>The weights that are Muon's: matrices of the blocks, not embeddings, head, gains and biases.</summary>
    public static ParameterGroup Group(FlatParameters parameters) =>
        new(parameters, weight => weight.HiddenMatrixCount > 0, decays: _ => true);

    /// <summary>The matrices of such a group.</summary>
    public static IReadOnlyList<MuonMatrix> All(ParameterGroup group, FlatParameters parameters) =>
        [.. group.Weights.SelectMany(entry =>
        {
            var (count, rows) = (entry.Weight.HiddenMatrixCount, entry.Weight.Shape[0] / entry.Weight.HiddenMatrixCount);
            return Enumerable.Range(0, count).Select(i => new MuonMatrix(
                parameters.OffsetOf(entry.Weight.Name) + (long)i * rows * entry.Weight.Shape[1],
                entry.StateOffset + (long)i * rows * entry.Weight.Shape[1],
                rows,
                entry.Weight.Shape[1]));
        })];

    /// <summary>Deals matrices to members, the costly ones first, each to whoever has least to do.</summary>
    public static IReadOnlyList<IReadOnlyList<MuonMatrix>> Share(IEnumerable<MuonMatrix> matrices, int members)
    {
        var shares = Enumerable.Range(0, members).Select(_ => new List<MuonMatrix>()).ToArray();
        var costs = new double[members];
        foreach (var matrix in matrices.OrderByDescending(matrix => matrix.Cost)) // stable
        {
            var least = Array.IndexOf(costs, costs.Min());
            shares[least].Add(matrix);
            costs[least] += matrix.Cost;
        }
        return shares;
    }

    /// <summary>Matrices of one shape together, at most so many numbers at once.</summary>
    public static MuonMatrix[][] Batches(IEnumerable<MuonMatrix> matrices, long mostNumbers) =>
        [.. matrices.GroupBy(matrix => (matrix.Rows, matrix.Columns))
            .SelectMany(shape => shape.Chunk((int)Math.Max(1, mostNumbers / shape.First().Count)))];
}
