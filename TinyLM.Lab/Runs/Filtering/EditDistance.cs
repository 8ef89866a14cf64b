namespace TinyLM.Lab.Runs.Filtering;

/// <summary>How far two words are apart.</summary>
internal static class EditDistance
{
    /// <summary>The name that is likely meant: the nearest by changed letters, where at most a third of them changed; null where there is none.</summary>
    public static string? Nearest(string name, IEnumerable<string> names)
    {
        var (nearest, distance) = names.Select(known => (known, Of(name.ToLowerInvariant(), known.ToLowerInvariant()))).MinBy(one => one.Item2);
        return distance <= Math.Max(1, name.Length / 3) ? nearest : null;
    }

    /// <summary>Levenshtein's distance: letters to insert, to delete or to replace.</summary>
    public static int Of(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < one.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < other.Length; j++)
            {
                var replaced = diagonal + (one[i] == other[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(row[j], diagonal) + 1);
            }
        }

        return row[^1];
    }
}
