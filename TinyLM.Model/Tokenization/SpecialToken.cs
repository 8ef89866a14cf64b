namespace TinyLM.Model.Tokenization;

/// <summary>A token that no merge makes and that stands for no bytes of a text: a mark between documents or in a chat.</summary>
/// <param name="Text">The text by which it is named, as <c>&lt;|endoftext|&gt;</c>.</param>
/// <param name="Id">Its id.</param>
public sealed record SpecialToken(string Text, int Id)
{
    /// <summary>Whether it is recognised even where special tokens are text: Hugging Face's added tokens that are not special.</summary>
    public bool IsPartOfText { get; init; }
}
