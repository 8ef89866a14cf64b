namespace TinyLM.Model.Tokenization.Splitting;

/// <summary>What the split patterns tell apart.</summary>
internal enum CharacterClass : byte
{
    /// <summary>Neither of the others: <c>[^\s\p{L}\p{N}]</c>.</summary>
    Other,

    /// <summary><c>\p{L}</c></summary>
    Letter,

    /// <summary><c>\p{N}</c></summary>
    Number,

    /// <summary><c>\s</c>, all of it within one UTF-16 unit.</summary>
    Space,
}
