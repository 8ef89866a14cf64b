namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>The script that a text is written in, as far as tokenizers care.</summary>
public enum WritingSystem
{
    /// <summary>No letters: numbers, signs, emoji, white space.</summary>
    None,

    /// <summary>Latin.</summary>
    Latin,

    /// <summary>Greek.</summary>
    Greek,

    /// <summary>Cyrillic.</summary>
    Cyrillic,

    /// <summary>Armenian and Georgian.</summary>
    Caucasian,

    /// <summary>Hebrew.</summary>
    Hebrew,

    /// <summary>Arabic.</summary>
    Arabic,

    /// <summary>Devanagari, Bengali, Tamil and the other scripts of India.</summary>
    Indic,

    /// <summary>Thai, Lao, Burmese, Khmer and Tibetan.</summary>
    SoutheastAsian,

    /// <summary>Ethiopic.</summary>
    Ethiopic,

    /// <summary>Chinese characters.</summary>
    Han,

    /// <summary>Hiragana and katakana.</summary>
    Kana,

    /// <summary>Hangul.</summary>
    Hangul,

    /// <summary>Letters of any other script.</summary>
    Other,
}
