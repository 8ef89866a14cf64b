namespace TinyLM.Lab.Components.Pages.Tokenizers;

/// <summary>How a vocabulary is sorted.</summary>
public enum VocabularyOrder
{
    /// <summary>By id.</summary>
    Id,

    /// <summary>The longest token first, in bytes.</summary>
    Longest,

    /// <summary>The most frequent first.</summary>
    Frequent,

    /// <summary>The rarest first.</summary>
    Rare,

    /// <summary>By their bytes.</summary>
    Alphabetical,
}
