using System.Text.Json;

namespace TinyLM.Lab.Components.Charts;

/// <summary>The steps that a person zoomed into.</summary>
/// <param name="From">First step in sight.</param>
/// <param name="To">Last step in sight.</param>
public readonly record struct ZoomWindow(double From, double To)
{
    /// <summary>Reads what plotly.js tells of a changed layout.</summary>
    /// <param name="change">Names and values of what changed: <c>xaxis.range[0]</c>, <c>xaxis.autorange</c> and the like.</param>
    /// <param name="window">The steps in sight; null when all are again.</param>
    /// <returns>Whether the change was about the steps at all.</returns>
    public static bool TryRead(IDictionary<string, JsonElement>? change, out ZoomWindow? window)
    {
        window = null;
        if (change is null) return false;
        if (change.TryGetValue("xaxis.autorange", out var automatic) && automatic.ValueKind == JsonValueKind.True) return true;
        if (change.TryGetValue("xaxis.range[0]", out var from) && change.TryGetValue("xaxis.range[1]", out var to)) return TryCreate(from, to, out window);
        return change.TryGetValue("xaxis.range", out var range) && range.ValueKind == JsonValueKind.Array && range.GetArrayLength() == 2
            && TryCreate(range[0], range[1], out window);
    }

    private static bool TryCreate(JsonElement from, JsonElement to, out ZoomWindow? window)
    {
        var isSound = from.ValueKind == JsonValueKind.Number & to.ValueKind == JsonValueKind.Number;
        window = isSound ? new ZoomWindow(from.GetDouble(), to.GetDouble()) : null;
        return isSound;
    }
}
