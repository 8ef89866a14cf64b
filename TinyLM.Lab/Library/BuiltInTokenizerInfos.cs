using TinyLM.Model.Data;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Library;

/// <summary>How the built-in tokenizers are described; none is loaded for it.</summary>
internal static class BuiltInTokenizerInfos
{
    /// <summary>All of them, GPT-2's first.</summary>
    public static IReadOnlyList<TokenizerInfo> All { get; } =
    [
        Of(BuiltInTokenizers.Gpt2, "GPT-2", 50_257, "r50k_base of tiktoken; GPT-2, GPT-3 and llm.c use it."),
        Of(BuiltInTokenizers.Gpt4, "GPT-4", 100_277, "cl100k_base of tiktoken."),
        Of(BuiltInTokenizers.Gpt4o, "GPT-4o", 200_019, "o200k_base of tiktoken."),
        Of(BuiltInTokenizers.Gpt4oChat, "GPT-4o, chat", 200_267, "o200k_base with the tokens <|im_start|>, <|im_sep|> and <|im_end|> of its chats."),
        Of(BuiltInTokenizers.Bytes, "Bytes", 257, "A token for each byte: the smallest vocabulary that says every text, and the longest sequences."),
        Of(BuiltInTokenizers.Characters, "Characters", 1_114_113, "A token for each Unicode character, its id the code point: more ids than a small model can learn.") with { Kind = TokenizerKind.CodePoints },
    ];

    /// <summary>One of them; null where there is none of this id.</summary>
    public static TokenizerInfo? Find(string id) => All.FirstOrDefault(info => info.Id == id);

    /// <summary>A format in words.</summary>
    public static string Words(TokenizerFormat format) => format switch
    {
        TokenizerFormat.HuggingFace => "Hugging Face's format",
        TokenizerFormat.VocabularyAndMerges => "GPT-2's pair of files",
        TokenizerFormat.Tiktoken => "a rank file of tiktoken",
        TokenizerFormat.Llama2c => "llama2.c's format",
        TokenizerFormat.Llmc => "llm.c's format",
        _ => "a SentencePiece model",
    };

    private static TokenizerInfo Of(string id, string name, int vocabularySize, string description) =>
        new() { Id = id, Name = name, Origin = TokenizerOrigin.BuiltIn, VocabularySize = vocabularySize, Description = description };
}
