using System.Text.Json.Serialization;

namespace TinyLM.Model.Tokenization;

/// <summary>What a tokenizer makes its tokens of.</summary>
public enum TokenizerKind
{
    /// <summary>Byte-level BPE: bytes that are merged; without merges, the bytes themselves.</summary>
    [JsonStringEnumMemberName("bytePair")]
    BytePair,

    /// <summary>SentencePiece: pieces of characters, spaces written as ▁ among them, merged (BPE) or chosen by a unigram model; bytes or an unknown token for characters that the vocabulary lacks.</summary>
    [JsonStringEnumMemberName("sentencePiece")]
    SentencePiece,

    /// <summary>A token for each character, its id the Unicode code point.</summary>
    [JsonStringEnumMemberName("codePoints")]
    CodePoints,
}
