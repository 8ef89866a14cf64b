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

    /// <summary>6N, as scaling laws count: every parameter twice forward and four times backward, attention not at all.</summary>
    /// <remarks>Kaplan et al. 2020, https://arxiv.org/abs/2001.08361, section 2.1.</remarks>
    Parameters,

    /// <summary>Chinchilla's count of the blocks: matrices, whole attention, 3 operations a score for the softmax; embedding and head apart.</summary>
    /// <remarks>Hoffmann et al. 2022, https://arxiv.org/abs/2203.15556, appendix F; the ratios to 6N of its table A4 come out without embedding and head.</remarks>
    Hoffmann,
}
