using System.Globalization;
using System.Text.Json;

namespace TinyLM.Lab.Components.Charts;

/// <summary>What a person zoomed into, in the values of the axes.</summary>
/// <param name="From">First place in sight.</param>
/// <param name="To">Last place in sight.</param>
public readonly record struct ZoomWindow(double From, double To)
{
    /// <summary>Heights in sight; null: all.</summary>
    public (double Low, double High)? Heights { get; init; }

    /// <summary>Reads what plotly.js tells of a changed layout.</summary>
    /// <param name="change">Names and values of what changed: <c>xaxis.range[0]</c>, <c>xaxis.autorange</c> and the like. Ranges of logarithmic axes are powers of ten.</param>
    /// <param name="look">Which axes are logarithmic.</param>
    /// <param name="before">What was in sight.</param>
    /// <param name="window">What is in sight; null when all is again.</param>
    /// <returns>Whether the change was about what is in sight at all.</returns>
    public static bool TryRead(IDictionary<string, JsonElement>? change, CurveChartLook look, ZoomWindow? before, out ZoomWindow? window)
    {
        window = before;
        if (change is null) return false;
        if (change.TryGetValue("xaxis.autorange", out var automatic) && automatic.ValueKind == JsonValueKind.True)
        {
            window = null;
            return true;
        }

        if (Range(change, "xaxis") is not { } range) return false;
        var heights = Range(change, "yaxis") is { } vertical ? (Height(vertical.First), Height(vertical.Second)) : before?.Heights;
        window = new ZoomWindow(Place(range.First), Place(range.Second)) { Heights = heights };
        return true;

        double Place(double value) => look.IsXLogarithmic ? Math.Pow(10, value) : value;
        double Height(double value) => look.IsLogarithmic ? Math.Pow(10, value) : value;
    }

    /// <summary>Reads an address: <c>100,250</c> or <c>100,250,1.2,1.9</c>; null where it says none.</summary>
    public static ZoomWindow? Parse(string? text)
    {
        var numbers = (text ?? "").Split(',').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : double.NaN).ToArray();
        if (numbers.Length is not (2 or 4) || numbers.Any(double.IsNaN) || numbers[0] >= numbers[1]) return null;
        if (numbers.Length == 2) return new ZoomWindow(numbers[0], numbers[1]);
        return numbers[2] < numbers[3] ? new ZoomWindow(numbers[0], numbers[1]) { Heights = (numbers[2], numbers[3]) } : null;
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Heights is var (low, high)
        ? string.Create(CultureInfo.InvariantCulture, $"{From:R},{To:R},{low:R},{high:R}")
        : string.Create(CultureInfo.InvariantCulture, $"{From:R},{To:R}");

    private static (double First, double Second)? Range(IDictionary<string, JsonElement> change, string axis)
    {
        if (change.TryGetValue($"{axis}.range[0]", out var from) && change.TryGetValue($"{axis}.range[1]", out var to)) return Numbers(from, to);
        return change.TryGetValue($"{axis}.range", out var range) && range.ValueKind == JsonValueKind.Array && range.GetArrayLength() == 2 ? Numbers(range[0], range[1]) : null;
    }

    private static (double, double)? Numbers(JsonElement from, JsonElement to) =>
        from.ValueKind == JsonValueKind.Number && to.ValueKind == JsonValueKind.Number ? (from.GetDouble(), to.GetDouble()) : null;
}
