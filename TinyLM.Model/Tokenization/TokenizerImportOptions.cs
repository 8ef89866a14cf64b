namespace TinyLM.Model.Tokenization;

/// <summary>What some tokenizer files do not say.</summary>
public sealed record TokenizerImportOptions
{
    /// <summary>How text is split: for tiktoken's files, unless the file is one of OpenAI's, which are known. GPT-2's for <c>merges.txt</c> and llm.c's files.</summary>
    public TextSplit? Split { get; init; }

    /// <summary>Special tokens, with ids behind the vocabulary: for tiktoken's files, unless the file is one of OpenAI's.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];
}
