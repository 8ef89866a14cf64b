namespace TinyLM.Model.Data;

/// <summary>The header of llm.c's token files: 256 little-endian int32, of which three are used.</summary>
internal static class ShardHeader
{
    /// <summary>Numbers in the header.</summary>
    public const int Length = 256;

    /// <summary>Bytes of the header.</summary>
    public const int ByteCount = Length * sizeof(int);

    /// <summary>The first number of every file.</summary>
    public const int Magic = 20240520;

    /// <summary>The second number of a file of uint16 tokens.</summary>
    public const int Version16 = 1;

    /// <summary>The second number of a file of uint32 tokens.</summary>
    public const int Version32 = 2;
}
