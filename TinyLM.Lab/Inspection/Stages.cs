using TinyLM.Model.Architectures;

namespace TinyLM.Lab.Inspection;

/// <summary>The stages from prompt to next token, in their order, for each family of models.</summary>
public static class Stages
{
    private static readonly Stage s_tokens = new("tokens", "Tokens", "text → ids",
        "The text is cut into tokens: pieces that are frequent in the text that the tokenizer learned from. From here on the model sees only their numbers. The first token tells that a document begins.", false);

    private static readonly Stage s_embedding = new("embedding", "Token embeddings", "E[id]",
        "Each token's number picks one row of a table that was learned. That row is all that the model knows of the token by itself; tokens that are used alike get rows that point alike.", false);

    private static readonly Stage s_positions = new("positions", "Positions", "P[t]",
        "Attention alone does not know in which order tokens stand. So each place has a vector of its own, which was learned too.", false);

    private static readonly Stage s_sum = new("sum", "The residual stream begins", "x = E[id] + P[t]",
        "What a token means and where it stands are added. From now on each token carries this one vector through the whole model; every block reads it and adds to it, and nothing else is passed on.", false);

    private static readonly Stage s_stream = new("sum", "The residual stream begins", "x = E[id]",
        "Each token carries this one vector through the whole model; every block reads it and adds to it, and nothing else is passed on. Where tokens stand comes in later, as a rotation of queries and keys.", false);

    private static readonly Stage s_final = new("final", "Final norm", "x̂ = Norm(x)",
        "The blocks are done. The vectors are brought to one scale once more, so that the last step compares directions.", false);

    private static readonly Stage s_logits = new("logits", "Logits", "z = x̂ Eᵀ",
        "The last token's vector is compared with the vector of every token of the vocabulary. The larger the product, the better the token fits as the next one. Shown are the likeliest.", false);

    private static readonly Stage s_probabilities = new("probabilities", "Softmax with temperature", "p = softmax(z / T)",
        "Logits become probabilities that sum to 1. A temperature below 1 sharpens them, one above 1 flattens them. Shown is T = 1; the view “Next token” lets you turn it.", false);

    private static readonly Stage s_next = new("next", "The next token", "draw from p",
        "One token is drawn, or the likeliest is taken. It joins the prompt, and all begins again with one token more.", false);

    private static Stage[] Block(bool isLlama)
    {
        var norm = isLlama ? "x̂ = x / √(mean(x²) + ε) · g" : "x̂ = (x − mean) / √(var + ε) · g + b";
        var normText = isLlama ? "Each token's vector is divided by its length" : "Each token's vector is moved to mean 0 and brought to spread 1";
        return
        [
            new("attention-norm", isLlama ? "RMS norm" : "Layer norm", norm, $"{normText}, then scaled by numbers that were learned. So the layer reads directions, however large the stream has grown."),
            new("query", "Queries", isLlama ? "Q = rotate(x̂ W_Q, t)" : "Q = x̂ W_Q + b", "What each token looks for, in the small space of this head." + (isLlama ? " Pairs of numbers are turned by an angle that grows with the position, so that products depend on distances." : "")),
            new("key", "Keys", isLlama ? "K = rotate(x̂ W_K, t)" : "K = x̂ W_K + b", "What each token offers to be found by, in the same space." + (isLlama ? " Turned like the queries. Several heads may share one set of keys." : "")),
            new("value", "Values", isLlama ? "V = x̂ W_V" : "V = x̂ W_V + b", "What each token hands over to those that find it."),
            new("scores", "Scores", "S = Q Kᵀ / √D", "Every query is compared with every key. Dividing by the root of the head's width keeps the numbers in a range where softmax is not yet all or nothing."),
            new("mask", "Mask", "S[t, s] = −∞ where s > t", "A token must not see what comes after it, or there would be nothing to predict. Those scores are struck out, the upper right of the table."),
            new("softmax", "Attention", "A = softmax(S)", "Each row becomes shares that sum to 1: how much the token of the row looks at each token before it."),
            new("weighted", "Weighted sum", "O = A V", "Each token gathers the values of the tokens that it looks at, by their shares. This is the only place where tokens exchange anything."),
            new("heads", "Heads side by side", "[O₁ … O_H]", "All heads have done the same with weights of their own. What they gathered is put side by side, which gives the full width again."),
            new("projection", "Output projection", isLlama ? "[O₁ … O_H] W_O" : "[O₁ … O_H] W_O + b", "One more matrix mixes the heads and writes the result in the terms of the residual stream."),
            new("middle", "Joins the stream", "x ← x + attention", "The result is added to what the token carried before. Nothing is overwritten: a later block can still read what was there."),
            new("mlp-norm", isLlama ? "RMS norm" : "Layer norm", norm, $"{normText} again, now for the feed-forward layer."),
            .. isLlama
                ? (Stage[])[
                    new("gate", "Gate", "g = x̂ W_gate", "A first wide view of each token decides how much of the second passes."),
                    new("expansion", "Expansion", "u = x̂ W_up", "The second view: each column asks one question of the token."),
                    new("activation", "SwiGLU", "a = silu(g) · u", "The gate passes what it agrees with and holds back the rest. Without such a bend all layers together would be one matrix."),
                ]
                : [
                    new("expansion", "Expansion", "u = x̂ W₁ + b", "Each token alone is looked at from four times as many sides as it has numbers: each column asks one question of it."),
                    new("activation", "GELU", "a = gelu(u)", "Answers below zero are held back, those above pass. Without such a bend all layers together would be one matrix."),
                ],
            new("mlp", "Projection", isLlama ? "a W_down" : "a W₂ + b", "The answers are turned into what is to be added to the token. Much of what a model knows by heart sits in these two matrices."),
            new("residual", "Joins the stream", "x ← x + feed-forward", "Added again. This is what the next block reads."),
        ];
    }

    /// <summary>The stages of a family, those of a block once.</summary>
    public static IReadOnlyList<Stage> Of(ModelFamily family) => family == ModelFamily.Gpt2
        ? [s_tokens, s_embedding, s_positions, s_sum, .. Block(isLlama: false), s_final, s_logits, s_probabilities, s_next]
        : [s_tokens, s_embedding, s_stream, .. Block(isLlama: true), s_final, s_logits, s_probabilities, s_next];
}
