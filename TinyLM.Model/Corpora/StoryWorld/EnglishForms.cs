namespace TinyLM.Model.Corpora.StoryWorld;

/// <summary>The forms that a word of a list has without being told: articles, plurals, pronouns, the verbs that go with it.</summary>
/// <remarks>Tags decide: <c>f</c> she, <c>m</c> he, <c>pl</c> they, otherwise it; <c>mass</c> has no article.</remarks>
internal static class EnglishForms
{
    /// <summary>Pairs of a form and its text.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(string name, Func<string, bool> has)
    {
        var pronouns = has("f") ? ("she", "her", "her", "herself")
            : has("m") ? ("he", "him", "his", "himself")
            : has("pl") ? ("they", "them", "their", "themselves")
            : ("it", "it", "its", "itself");
        var (was, @is, has1) = has("pl") ? ("were", "are", "have") : ("was", "is", "has");

        return new Dictionary<string, string>
        {
            [""] = name,
            ["a"] = has("pl") ? "some " + name : has("mass") ? name : WithArticle(name),
            ["s"] = has("pl") || has("mass") ? name : Plural(name),
            ["he"] = pronouns.Item1,
            ["him"] = pronouns.Item2,
            ["his"] = pronouns.Item3,
            ["himself"] = pronouns.Item4,
            ["was"] = was,
            ["is"] = @is,
            ["has"] = has1,
        };
    }

    private static string WithArticle(string name)
    {
        var soundsLikeConsonant = name.StartsWith("uni", StringComparison.Ordinal) || name.StartsWith("use", StringComparison.Ordinal) ||
            name.StartsWith("one", StringComparison.Ordinal);
        var isAn = !soundsLikeConsonant && "aeiouAEIOU".Contains(name[0], StringComparison.Ordinal);
        return (isAn ? "an " : "a ") + name;
    }

    private static string Plural(string name)
    {
        if (name.EndsWith('s') || name.EndsWith('x') || name.EndsWith("ch", StringComparison.Ordinal) || name.EndsWith("sh", StringComparison.Ordinal)) return name + "es";
        if (name.EndsWith('y') && !"aeiou".Contains(name[^2], StringComparison.Ordinal)) return name[..^1] + "ies";
        return name + "s";
    }
}
