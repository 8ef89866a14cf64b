namespace TinyLM.Model.Tokenization;

/// <summary>How a SentencePiece model cuts normalized text into its pieces.</summary>
internal interface IPieceCutter
{
    /// <summary>The tokens of a text; each character that the vocabulary cannot say is one unknown token.</summary>
    /// <param name="text">Well-formed and not empty.</param>
    int[] Cut(ReadOnlySpan<char> text);
}
