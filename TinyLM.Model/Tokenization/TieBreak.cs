namespace TinyLM.Model.Tokenization;

/// <summary>Which of the pairs that occur equally often is merged first. About a third of all merges are decided by it.</summary>
public enum TieBreak
{
    /// <summary>The smallest left id, then the smallest right id: nanochat's rustbpe.</summary>
    LowestIds,

    /// <summary>The pair that occurs first in the text as it is merged so far, each chunk looked at once: minbpe.</summary>
    FirstOccurrence,

    /// <summary>As <see cref="LowestIds"/>, with the bytes in the order of the characters that stand for them (<c>Ġ</c> behind <c>z</c>): Hugging Face's tokenizers.</summary>
    LowestCharacters,

    /// <summary>The greatest left token by its bytes, then the greatest right one: Stanford's CS336.</summary>
    GreatestBytes,
}
