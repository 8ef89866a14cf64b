namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>How the bytes of a token lie in the characters of its text.</summary>
public enum TokenForm : byte
{
    /// <summary>Whole characters.</summary>
    Whole,

    /// <summary>It begins or ends within a character, which its neighbours complete.</summary>
    Part,

    /// <summary>It holds bytes that are no UTF-8, even with its neighbours.</summary>
    Broken,
}
