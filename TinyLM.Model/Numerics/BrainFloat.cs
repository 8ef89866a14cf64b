namespace TinyLM.Model.Numerics;

/// <summary>bf16: the upper half of a float, with 8 significant bits and the whole range.</summary>
internal static class BrainFloat
{
    /// <summary>The nearest bf16 number, of two as near the even one; no number stays none.</summary>
    public static ushort Round(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return (ushort)(bits >> 16 | 0x40); // so that a payload in the lower half does not become infinity
        return (ushort)(bits + 0x7FFF + (bits >> 16 & 1) >> 16);
    }

    /// <summary>Rounds numbers.</summary>
    public static void Round(ReadOnlySpan<float> values, Span<ushort> rounded)
    {
        for (var i = 0; i < values.Length; i++) rounded[i] = Round(values[i]);
    }

    /// <summary>The number, exactly.</summary>
    public static float ToSingle(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>Two numbers in the place of one float, the first in its lower half.</summary>
    public static float Pair(float lower, float upper) => BitConverter.UInt32BitsToSingle((uint)Round(upper) << 16 | Round(lower));
}
