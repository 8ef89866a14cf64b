namespace TinyLM.Model.Architectures;

/// <summary>A weight that a model has: its name in Hugging Face's format, its shape here, and what it is for.</summary>
/// <param name="Name">For instance <c>transformer.h.0.attn.c_attn.weight</c>.</param>
/// <param name="Shape">Matrices are (out, in); embeddings (rows, C).</param>
/// <param name="Role">What it is for.</param>
internal sealed record WeightDefinition(string Name, int[] Shape, WeightDefinition.Roles Role)
{
    /// <summary>Kinds of weights that begin or are kept differently.</summary>
    public enum Roles
    {
        /// <summary>The table of tokens.</summary>
        Embedding,

        /// <summary>The table of positions.</summary>
        PositionEmbedding,

        /// <summary>A matrix of a linear layer.</summary>
        Linear,

        /// <summary>The matrices of queries, keys and values, one under another.</summary>
        QueryKeyValue,

        /// <summary>A matrix of a linear layer that writes to the residual stream.</summary>
        ResidualProjection,

        /// <summary>The head, where it is no embedding table.</summary>
        Head,

        /// <summary>Gain of a norm; begins at 1.</summary>
        Gain,

        /// <summary>An added vector; begins at 0.</summary>
        Bias,
    }

    /// <summary>Whether weight decay applies by default: to matrices and embeddings, not to gains and biases.</summary>
    public bool IsMatrix => Shape.Length > 1;

    /// <summary>Matrices of a block that stand in it, one under another; none in embeddings, head, gains and biases.</summary>
    public int HiddenMatrixCount => Role switch
    {
        Roles.QueryKeyValue => 3,
        Roles.Linear or Roles.ResidualProjection => 1,
        _ => 0,
    };

    /// <summary>Numbers in it.</summary>
    public int Count => Shape.Aggregate(1, (product, dimension) => checked(product * dimension));
}
