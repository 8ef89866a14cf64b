namespace TinyLM.Model.Architectures;

/// <summary>A weight of a GPT-2 model: its name in Hugging Face's format, its shape here, and how it begins.</summary>
/// <param name="Name">For instance <c>transformer.h.0.attn.c_attn.weight</c>.</param>
/// <param name="Shape">Matrices are (out, in); embeddings (rows, C).</param>
/// <param name="Role">What it is for.</param>
internal sealed record Gpt2Weight(string Name, int[] Shape, Gpt2Weight.Roles Role)
{
    /// <summary>Kinds of weights that begin or are kept differently.</summary>
    public enum Roles
    {
        /// <summary>An embedding table.</summary>
        Embedding,

        /// <summary>A matrix of a linear layer, kept transposed in Hugging Face's format (its Conv1D).</summary>
        Linear,

        /// <summary>The matrices of queries, keys and values, one under another; kept transposed like any linear layer's.</summary>
        QueryKeyValue,

        /// <summary>A matrix of a linear layer that writes to the residual stream.</summary>
        ResidualProjection,

        /// <summary>Gain of a LayerNorm; begins at 1.</summary>
        Gain,

        /// <summary>An added vector; begins at 0.</summary>
        Bias,
    }

    /// <summary>Whether weight decay applies by default: to matrices and embeddings, not to gains and biases.</summary>
    public bool IsMatrix => Shape.Length > 1;

    /// <summary>Numbers in it.</summary>
    public int Count => Shape.Aggregate(1, (product, dimension) => checked(product * dimension));

    /// <summary>Whether Hugging Face's format holds the transpose.</summary>
    public bool IsTransposedInFiles => Role is Roles.Linear or Roles.QueryKeyValue or Roles.ResidualProjection;

    /// <summary>Matrices of a block that stand in it, one under another; none in embeddings, gains and biases.</summary>
    public int HiddenMatrixCount => Role switch
    {
        Roles.QueryKeyValue => 3,
        Roles.Linear or Roles.ResidualProjection => 1,
        _ => 0,
    };

    /// <summary>All weights of a model in the order in which the engine keeps them: matrices first, then gains and biases.</summary>
    /// <remarks>So that the weights that decay are one stretch of memory and the others another.</remarks>
    public static IReadOnlyList<Gpt2Weight> All(ModelConfig config)
    {
        var width = config.EmbeddingSize;
        var weights = new List<Gpt2Weight>
        {
            new("transformer.wte.weight", [config.VocabularySize, width], Roles.Embedding),
            new("transformer.wpe.weight", [config.ContextLength, width], Roles.Embedding),
        };
        for (var layer = 0; layer < config.LayerCount; layer++)
        {
            var block = $"transformer.h.{layer}";
            weights.Add(new($"{block}.ln_1.weight", [width], Roles.Gain));
            weights.Add(new($"{block}.ln_1.bias", [width], Roles.Bias));
            weights.Add(new($"{block}.attn.c_attn.weight", [3 * width, width], Roles.QueryKeyValue));
            weights.Add(new($"{block}.attn.c_attn.bias", [3 * width], Roles.Bias));
            weights.Add(new($"{block}.attn.c_proj.weight", [width, width], Roles.ResidualProjection));
            weights.Add(new($"{block}.attn.c_proj.bias", [width], Roles.Bias));
            weights.Add(new($"{block}.ln_2.weight", [width], Roles.Gain));
            weights.Add(new($"{block}.ln_2.bias", [width], Roles.Bias));
            weights.Add(new($"{block}.mlp.c_fc.weight", [4 * width, width], Roles.Linear));
            weights.Add(new($"{block}.mlp.c_fc.bias", [4 * width], Roles.Bias));
            weights.Add(new($"{block}.mlp.c_proj.weight", [width, 4 * width], Roles.ResidualProjection));
            weights.Add(new($"{block}.mlp.c_proj.bias", [width], Roles.Bias));
        }
        weights.Add(new("transformer.ln_f.weight", [width], Roles.Gain));
        weights.Add(new("transformer.ln_f.bias", [width], Roles.Bias));
        return [.. weights.OrderBy(weight => !weight.IsMatrix)]; // stable
    }
}
