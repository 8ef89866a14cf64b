namespace TinyLM.Model.Architectures;

/// <summary>How the operations of a training step are counted; figures by different conventions cannot be compared.</summary>
public enum FlopsConvention
{
    /// <summary>6N + 6LCT, as llm.c: N all parameters, attention halved since a token looks only back.</summary>
    /// <remarks>https://github.com/karpathy/llm.c, estimate of its train_gpt2.cu.</remarks>
    Llmc,

    /// <summary>6N + 12LCT, as PaLM: N without position embeddings, attention counted as if every token saw the whole context.</summary>
    /// <remarks>Chowdhery et al. 2022, https://arxiv.org/abs/2204.02311, appendix B.</remarks>
    Palm,

    /// <summary>What the products cost, one by one: every matrix and the head, not the tables that are only looked up; attention over half of T(T + 1).</summary>
    Exact,
}
