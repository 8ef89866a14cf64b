using TinyLM.Model.Numerics;

namespace TinyLM.Model.Training;

/// <summary>Independent seeds from the one that a person chose: a use never moves the numbers of another.</summary>
internal static class SeedSequence
{
    /// <summary>What the numbers are for.</summary>
    public enum Purpose : ulong
    {
        /// <summary>Initial weights.</summary>
        Weights = 1,

        /// <summary>Order of the training batches.</summary>
        Batches = 2,

        /// <summary>Samples during training.</summary>
        Samples = 3,

        /// <summary>What dropout sets to zero.</summary>
        Dropout = 4,
    }

    /// <summary>A seed for a purpose.</summary>
    /// <param name="seed">The run's.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="index">Which one of them, for instance the step.</param>
    public static ulong Derive(ulong seed, Purpose purpose, ulong index = 0)
    {
        var state = seed;
        state = Xoshiro256.SplitMix64(ref state) ^ (ulong)purpose;
        state = Xoshiro256.SplitMix64(ref state) ^ index;
        return Xoshiro256.SplitMix64(ref state);
    }
}
