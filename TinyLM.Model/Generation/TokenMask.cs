using System.Numerics;

namespace TinyLM.Model.Generation;

/// <summary>A set of tokens, one bit each: those that may be written next. Immutable once it is shared.</summary>
public sealed class TokenMask
{
    private readonly ulong[] _bits;

    /// <param name="vocabularySize">Number of tokens that there are; at first the set is empty.</param>
    public TokenMask(int vocabularySize)
    {
        VocabularySize = vocabularySize;
        _bits = new ulong[(vocabularySize + 63) / 64];
    }

    /// <summary>Number of tokens that there are.</summary>
    public int VocabularySize { get; }

    /// <summary>Number of tokens in the set.</summary>
    public int Count => _bits.Sum(BitOperations.PopCount);

    /// <summary>Whether a token is in the set.</summary>
    public bool this[int id] => (uint)id < (uint)VocabularySize && (_bits[id >> 6] >> (id & 63) & 1) != 0;

    /// <summary>Puts a token into the set.</summary>
    public void Add(int id)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, (uint)VocabularySize, nameof(id));
        _bits[id >> 6] |= 1UL << (id & 63);
    }

    /// <summary>Sets to -∞ the logits of all tokens that are not in the set.</summary>
    /// <param name="logits">(V), where V may be more than the set knows of.</param>
    internal void Apply(Span<double> logits)
    {
        for (var id = 0; id < logits.Length; id++)
            if (!this[id]) logits[id] = double.NegativeInfinity;
    }
}
