using TinyLM.Model.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Architectures;

// B = batch

/// <summary>Sets numbers to zero at random and scales the others up, so that no unit relies on another.</summary>
/// <remarks>
/// Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html. Where it stands is as in GPT-2: after the embedding, on
/// the weights of attention, and on what each branch adds. What is dropped follows from the seed, the place, and the number of the
/// sequence in its batch alone: it is the same for any number of threads, when a block is computed again, and after a resume.
/// </remarks>
/// <param name="rate">Probability of a zero, below 1.</param>
internal sealed class Dropout(double rate)
{
    /// <summary>Where numbers are dropped.</summary>
    public enum Place
    {
        /// <summary>After the embedding.</summary>
        Embedding,

        /// <summary>The weights of attention.</summary>
        AttentionWeights,

        /// <summary>What attention adds to the residual stream.</summary>
        Attention,

        /// <summary>What the feed-forward layer adds to the residual stream.</summary>
        FeedForward,
    }

    /// <summary>Whether the model learns; nothing is dropped while it is measured.</summary>
    public bool IsOn { get; set; }

    /// <summary>Whether anything is dropped now.</summary>
    public bool Drops => IsOn && rate > 0;

    /// <summary>Seed of the micro-step.</summary>
    public ulong Seed { get; set; }

    /// <summary>Number in its batch of the first sequence given.</summary>
    public int FirstSequence { get; set; }

    /// <summary>x with numbers dropped; x itself where nothing is.</summary>
    /// <param name="x">Numbers of B sequences, one sequence after the other.</param>
    /// <param name="batch">B.</param>
    /// <param name="place">Where.</param>
    /// <param name="layer">In which block.</param>
    public Tensor Apply(Tensor x, long batch, Place place, int layer = 0)
    {
        if (!Drops) return x;
        using var scope = NewDisposeScope();
        var mask = empty(x.shape, float32, CPU);
        var numbers = TensorMemory.Floats(mask);
        var length = numbers.Length / (int)batch;
        for (var sequence = 0; sequence < batch; sequence++)
            Fill(numbers.Slice(sequence * length, length), Mix(Mix(Mix(Seed, (ulong)place), (ulong)layer), (ulong)(FirstSequence + sequence)));
        return x.mul(mask.to(x.device).to(x.dtype)).MoveToOuterDisposeScope();
    }

    private void Fill(Span<float> mask, ulong seed)
    {
        var random = new Xoshiro256(seed);
        var kept = (float)(1 / (1 - rate));
        var threshold = (uint)(rate * uint.MaxValue);
        for (var i = 0; i < mask.Length; i += 2)
        {
            var bits = random.Next();
            mask[i] = (uint)bits >= threshold ? kept : 0;
            if (i + 1 < mask.Length) mask[i + 1] = (uint)(bits >> 32) >= threshold ? kept : 0;
        }
    }

    private static ulong Mix(ulong seed, ulong number)
    {
        var state = seed ^ number;
        return Xoshiro256.SplitMix64(ref state);
    }
}
