namespace TinyLM.Model.Tokenization.Splitting;

/// <summary>Where .NET's regular expressions and those of Hugging Face's tokenizers, Oniguruma's, read the same letters otherwise.</summary>
internal static class ExpressionDialects
{
    /// <summary>The first part of an expression that means something else there, in words; null where both read the same.</summary>
    public static string? DifferenceOf(string expression)
    {
        var inClass = false;
        for (var i = 0; i < expression.Length; i++)
        {
            switch (expression[i])
            {
                case '\\' when i + 1 < expression.Length:
                    i++;
                    if (expression[i] is 'w' or 'W' or 'b' or 'B') return $"\\{expression[i]}"; // spacing marks, as in Devanagari, are of a word there and not here
                    if (!inClass && expression[i] is 'A' or 'Z' or 'z' or 'G') return "the beginning or end of a text";
                    break;
                case '[' when inClass:
                    return "a class within a class";
                case '&' when inClass && i + 1 < expression.Length && expression[i + 1] == '&':
                    return "an intersection of classes";
                case '[':
                    inClass = true;
                    if (i + 1 < expression.Length && expression[i + 1] == '^') i++;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '^' or '$' when !inClass:
                    return "the beginning or end of a line";
                case '{' when !inClass && i + 1 < expression.Length && expression[i + 1] == ',':
                    return "a quantifier without a lower bound";
            }
        }
        return null;
    }
}
