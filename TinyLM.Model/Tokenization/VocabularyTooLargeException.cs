namespace TinyLM.Model.Tokenization;

/// <summary>The text holds too few different pairs for the vocabulary that was asked for.</summary>
public sealed class VocabularyTooLargeException(int asked, int possible)
    : InvalidOperationException(
        $"The text can give a vocabulary of {possible} tokens at most, and {asked} were asked for. Ask for {possible} or fewer, or learn the tokenizer from more text.")
{
    /// <summary>The largest vocabulary that the text can give.</summary>
    public int Possible { get; } = possible;
}
