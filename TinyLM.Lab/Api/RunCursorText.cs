using System.Globalization;
using TinyLM.Lab.Runs;

namespace TinyLM.Lab.Api;

/// <summary>A cursor as clients keep it: four numbers with hyphens between them. One that makes no sense reads from the start.</summary>
internal static class RunCursorText
{
    /// <summary>Writes a cursor.</summary>
    public static string Write(RunFeedCursor cursor) => string.Create(CultureInfo.InvariantCulture, $"{cursor.Generation}-{cursor.Steps}-{cursor.Evaluations}-{cursor.Samples}");

    /// <summary>Reads a cursor.</summary>
    public static RunFeedCursor Read(string? text)
    {
        var numbers = (text ?? "").Split('-').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ToArray();
        return numbers.Length == 4 && numbers.All(number => number >= 0) ? new RunFeedCursor(numbers[0], numbers[1], numbers[2], numbers[3]) : default;
    }
}
