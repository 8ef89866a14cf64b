using System.Text.Json.Serialization;

namespace TinyLM.Model.Tokenization;

/// <summary>The rule that cuts text into chunks before byte pairs are merged; no token crosses a chunk.</summary>
public enum SplitPattern
{
    /// <summary>GPT-2's: contractions, words with their leading space, numbers, other signs, white space. Radford et al. 2019.</summary>
    [JsonStringEnumMemberName("gpt2")]
    Gpt2,

    /// <summary>GPT-4's, as minbpe and nanochat write it: numbers by at most three digits, case-insensitive contractions, line breaks apart.</summary>
    [JsonStringEnumMemberName("gpt4")]
    Gpt4,
}
