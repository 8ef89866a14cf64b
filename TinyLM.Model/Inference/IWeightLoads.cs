using System.Runtime.CompilerServices;

namespace TinyLM.Model.Inference;

/// <summary>How a product kernel reads a panel's weights, which stand in pairs of inputs: first an even input, then an odd one.</summary>
/// <typeparam name="TVector">The register.</typeparam>
internal interface IWeightLoads<TVector>
    where TVector : struct
{
    /// <summary>Floats of memory that the weights of a pair take, for the two registers of a panel.</summary>
    static abstract int PairLength { get; }

    /// <summary>The weights of the even input.</summary>
    /// <param name="pair">Where the pair's weights begin.</param>
    /// <param name="register">0 for the panel's first outputs, 1 for the others.</param>
    static abstract TVector Even(ref float pair, int register);

    /// <summary>The weights of the odd input.</summary>
    /// <inheritdoc cref="Even"/>
    static abstract TVector Odd(ref float pair, int register);
}

/// <summary>Weights as they are: those of the even input, then those of the odd one.</summary>
internal readonly struct Fp32Loads<TLanes, TVector> : IWeightLoads<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public static int PairLength => 4 * TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Even(ref float pair, int register) => TLanes.Load(ref Unsafe.Add(ref pair, register * TLanes.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Odd(ref float pair, int register) => TLanes.Load(ref Unsafe.Add(ref pair, (2 + register) * TLanes.Count));
}

/// <summary>Two bf16 weights in the place of one float: the even input's in the lower half, the odd one's in the upper, where a shift or a mask makes fp32 of each.</summary>
internal readonly struct Bf16Loads<TLanes, TVector> : IWeightLoads<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public static int PairLength => 2 * TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Even(ref float pair, int register) => TLanes.LoadLowerHalves(ref Unsafe.Add(ref pair, register * TLanes.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Odd(ref float pair, int register) => TLanes.LoadUpperHalves(ref Unsafe.Add(ref pair, register * TLanes.Count));
}
