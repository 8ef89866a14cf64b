using System.Text.Json.Serialization;

namespace TinyLM.Model.Tokenization;

/// <summary>The rule that cuts text into chunks before pairs are merged; no token crosses a chunk.</summary>
public enum SplitPattern
{
    /// <summary>GPT-2's: contractions, words with their leading space, numbers, other signs, white space. Radford et al. 2019.</summary>
    [JsonStringEnumMemberName("gpt2")]
    Gpt2,

    /// <summary>GPT-4's, as minbpe, nanochat and Llama 3 write it: numbers by at most three digits, case-insensitive contractions, line breaks apart.</summary>
    [JsonStringEnumMemberName("gpt4")]
    Gpt4,

    /// <summary>GPT-4's, as tiktoken writes it for cl100k_base: as <see cref="Gpt4"/>, but white space at the end of the text is one chunk.</summary>
    [JsonStringEnumMemberName("cl100k")]
    Cl100k,

    /// <summary>GPT-4o's, of o200k_base: words end where a capital follows a small letter, and keep their contraction.</summary>
    [JsonStringEnumMemberName("o200k")]
    O200k,

    /// <summary>As <see cref="Gpt4"/> with each digit alone: Qwen 2.</summary>
    [JsonStringEnumMemberName("qwen2")]
    Qwen2,

    /// <summary>Each digit alone, everything between digits together; a step before another pattern.</summary>
    [JsonStringEnumMemberName("digits")]
    Digits,

    /// <summary>Each character alone, so that a token is at most a character.</summary>
    [JsonStringEnumMemberName("characters")]
    Characters,

    /// <summary>No cut: the text is one chunk, as minbpe's BasicTokenizer has it.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>A regular expression of one's own; what it does not match is a chunk too.</summary>
    [JsonStringEnumMemberName("expression")]
    Expression,
}
