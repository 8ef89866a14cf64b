namespace TinyLM.Lab.Runs.Filtering;

/// <summary>A word of a filter.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As it stands there, without its quotes.</param>
/// <param name="Position">Where it begins, in characters from 0.</param>
internal readonly record struct FilterToken(FilterTokenKind Kind, string Text, int Position);

/// <summary>What a word of a filter is.</summary>
internal enum FilterTokenKind
{
    /// <summary>Letters and digits.</summary>
    Word,

    /// <summary>In quotation marks: never a keyword.</summary>
    Quoted,

    /// <summary>A comparison: <c>&lt; &lt;= &gt; &gt;= = != :</c>.</summary>
    Comparison,

    /// <summary>An opening parenthesis.</summary>
    Open,

    /// <summary>A closing parenthesis.</summary>
    Close,

    /// <summary>The end.</summary>
    End,
}
