namespace TinyLM.Benchmarks;

/// <summary>How many bytes of text one operation of a benchmark goes through; shown as a rate.</summary>
/// <param name="bytes">The bytes.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BytesPerOperationAttribute(int bytes) : Attribute
{
    /// <summary>The bytes.</summary>
    public int Bytes { get; } = bytes;
}
