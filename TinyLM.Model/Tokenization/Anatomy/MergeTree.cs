namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>How a token came about: the pair that was merged into it, and so on down to bytes.</summary>
/// <param name="Id">The token.</param>
/// <param name="Bytes">The bytes that it stands for.</param>
/// <param name="Rank">Which merge made it, from 0; null for a single byte or a special token.</param>
/// <param name="Left">The left half; null where there is none.</param>
/// <param name="Right">The right half; null where there is none.</param>
public sealed record MergeTree(int Id, ReadOnlyMemory<byte> Bytes, int? Rank, MergeTree? Left, MergeTree? Right)
{
    /// <summary>Number of merges between this token and its deepest byte.</summary>
    public int Depth => Left is null || Right is null ? 0 : 1 + Math.Max(Left.Depth, Right.Depth);

    /// <summary>All merges that it took, the first one first; a token that was used twice stands once.</summary>
    public IReadOnlyList<MergeTree> Merges()
    {
        var merges = new Dictionary<int, MergeTree>();
        Collect(this, merges);
        return [.. merges.Values.OrderBy(tree => tree.Rank)];
    }

    private static void Collect(MergeTree tree, Dictionary<int, MergeTree> merges)
    {
        if (tree.Left is null || tree.Right is null || !merges.TryAdd(tree.Id, tree)) return;
        Collect(tree.Left, merges);
        Collect(tree.Right, merges);
    }
}
