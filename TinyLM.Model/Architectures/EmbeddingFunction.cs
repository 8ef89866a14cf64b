using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Architectures;

/// <summary>Rows of a table by index. Its gradient touches those rows alone, where autograd's is a table of zeros that is then added.</summary>
internal sealed class EmbeddingFunction : ManagedFunction<EmbeddingFunction>
{
    /// <summary>(R, C), exact, in the caller's dispose scope.</summary>
    /// <param name="table">(V, C).</param>
    /// <param name="indices">int64, (R).</param>
    public static Tensor Of(Weight table, Tensor indices) => Apply(table.Leaf, indices, table); // the leaf, so that something flows back

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (table, indices) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_for_backward([indices]);
        ctx.save_data("table", vars[2]);
        return table.index_select(0, indices);
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor incoming)
    {
        ((Weight)ctx.get_data("table")).AddRows(ctx.get_saved_variables()[0], incoming);
        return [null, null, null];
    }
}
