namespace TinyLM.Lab.Components.Tokens;

/// <summary>What is to be seen of a token besides itself.</summary>
[Flags]
public enum TokenMark : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Ringed: not all tokenizers have it.</summary>
    Apart = 1,

    /// <summary>It is half of the pair that is merged next.</summary>
    Joining = 2,

    /// <summary>The last merge made it.</summary>
    Fresh = 4,

    /// <summary>A chunk begins with it.</summary>
    BeginsChunk = 8,
}
