namespace TinyLM.Model.Checkpoints;

/// <summary>A tensor in a safetensors file, as the header tells of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Number format: <c>F32</c>, <c>BF16</c>, …</param>
/// <param name="Shape">Dimensions, outermost first; none for a single number.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">Byte after the last.</param>
internal sealed record SafetensorsEntry(string Name, string Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Numbers in the tensor.</summary>
    public long Count => Shape.Aggregate(1L, (product, dimension) => product * dimension);

    /// <summary>Bytes of one number of a format; 0 where safetensors knows no such format.</summary>
    public static int SizeOf(string type) => type switch
    {
        "BOOL" or "U8" or "I8" or "F8_E5M2" or "F8_E4M3" => 1,
        "U16" or "I16" or "F16" or "BF16" => 2,
        "U32" or "I32" or "F32" => 4,
        "U64" or "I64" or "F64" => 8,
        _ => 0,
    };
}
