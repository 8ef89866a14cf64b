namespace TinyLM.Lab.Models;

/// <summary>Looks for stop strings in a text that comes piece by piece, and holds back what may become one.</summary>
internal sealed class StopScanner(IReadOnlyList<string> stops)
{
    private string _held = "";

    /// <summary>Whether a stop string was found: nothing more belongs to the text.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Takes in a piece.</summary>
    /// <returns>What certainly belongs to the text now.</returns>
    public string Append(string piece)
    {
        if (stops.Count == 0) return piece;
        var text = _held + piece;
        var end = int.MaxValue;
        foreach (var stop in stops)
            if (text.IndexOf(stop, StringComparison.Ordinal) is >= 0 and var found) end = Math.Min(end, found);
        if (end != int.MaxValue)
        {
            (IsStopped, _held) = (true, "");
            return text[..end];
        }

        var certain = text.Length - stops.Max(stop => BeginningAtTheEnd(text, stop));
        _held = text[certain..];
        return text[..certain];
    }

    /// <summary>The text has ended: what was held back belongs to it.</summary>
    public string Flush()
    {
        var held = _held;
        _held = "";
        return held;
    }

    /// <summary>Characters at the end of a text with which a stop string begins.</summary>
    private static int BeginningAtTheEnd(string text, string stop)
    {
        for (var length = Math.Min(stop.Length - 1, text.Length); length > 0; length--)
            if (string.CompareOrdinal(text, text.Length - length, stop, 0, length) == 0) return length;
        return 0;
    }
}
