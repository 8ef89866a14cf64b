using System.Globalization;

namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>Ids as a person writes or pastes them: with commas, spaces, line ends or the brackets of a list between.</summary>
/// <param name="Ids">Those that are tokens, in order.</param>
/// <param name="Problems">What is none.</param>
public sealed record IdList(IReadOnlyList<int> Ids, IReadOnlyList<IdProblem> Problems)
{
    private static readonly char[] s_between = [' ', ',', ';', '\t', '\r', '\n', '[', ']', '(', ')', '{', '}'];

    /// <summary>Reads ids.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="hasToken">Whether an id is a token's.</param>
    public static IdList Parse(string text, Func<int, bool> hasToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(hasToken);
        var (ids, problems) = (new List<int>(), new List<IdProblem>());
        var position = 0;
        foreach (var part in text.Split(s_between, StringSplitOptions.RemoveEmptyEntries))
        {
            position++;
            if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && hasToken(id)) ids.Add(id);
            else problems.Add(new IdProblem(position, part, IsNumber(part)));
        }
        return new IdList(ids, problems);
    }

    private static bool IsNumber(string part) => part.Length > 0 && part.AsSpan(part[0] == '-' ? 1 : 0) is { IsEmpty: false } digits && !digits.ContainsAnyExceptInRange('0', '9');
}
