namespace TinyLM.Lab.Commands.Tokenizers;

/// <summary>A line of <c>tokenizer encode --json</c>.</summary>
/// <param name="Tokenizer">What it was cut with.</param>
/// <param name="Ids">The tokens.</param>
/// <param name="Pieces">The characters that become whole with each; the name of a special one.</param>
internal sealed record EncodedText(string Tokenizer, IReadOnlyList<int> Ids, IReadOnlyList<string> Pieces);

/// <summary>A line of <c>tokenizer decode --json</c>.</summary>
/// <param name="Tokenizer">What it was decoded with.</param>
/// <param name="Text">The text.</param>
internal sealed record DecodedText(string Tokenizer, string Text);

/// <summary>A line of <c>tokenizer compare --json</c>.</summary>
/// <param name="Tokenizer">What was compared.</param>
/// <param name="VocabularySize">One more than its highest id.</param>
/// <param name="Tokens">Tokens of the text.</param>
/// <param name="BytesPerToken">Bytes that a token stands for on average.</param>
/// <param name="TokensPerWord">Tokens for each stretch without white space.</param>
internal sealed record ComparedTokenizer(string Tokenizer, int VocabularySize, int Tokens, double BytesPerToken, double TokensPerWord);

/// <summary>A line of <c>tokenizer export --json</c>.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its length.</param>
internal sealed record WrittenFile(string Path, int Bytes);

/// <summary>What <c>tokenizer train --json</c> prints.</summary>
/// <param name="Id">The tokenizer's id in the library; null where it was written to a file.</param>
/// <param name="Path">Its <c>tokenizer.json</c>.</param>
/// <param name="VocabularySize">Tokens in the vocabulary.</param>
/// <param name="Merges">Merges that were found.</param>
/// <param name="BytesPerToken">Bytes of the text that a token stands for on average.</param>
internal sealed record TrainedTokenizer(string? Id, string Path, int VocabularySize, int Merges, double BytesPerToken);
