namespace TinyLM.Model.Tokenization.Splitting;

/// <summary>On which sides of a change from capitals to small letters a character may stand in o200k_base's words.</summary>
[Flags]
internal enum LetterCase : byte
{
    /// <summary>On neither: no part of a word.</summary>
    None = 0,

    /// <summary><c>[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]</c></summary>
    Upper = 1,

    /// <summary><c>[\p{Ll}\p{Lm}\p{Lo}\p{M}]</c></summary>
    Lower = 2,
}
