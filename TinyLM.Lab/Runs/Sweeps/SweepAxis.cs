using System.Globalization;
using System.Text.Json.Nodes;
using TinyLM.Lab.Runs.Filtering;

namespace TinyLM.Lab.Runs.Sweeps;

/// <summary>One setting of a sweep and the values that it takes: a list, or a range.</summary>
/// <remarks>
/// Written <c>layers=2,4,8</c>, or <c>learningRate=1e-4..1e-2:5:log</c> for 5 values from end to end whose ratios are alike; without
/// <c>log</c> their differences are. Where values are drawn at random the number may be left out, and any value within may come.
/// </remarks>
public sealed class SweepAxis
{
    private const int MostValues = 1000;

    private readonly Type _type;
    private readonly (double From, double To)? _range;
    private readonly bool _isLogarithmic;

    private SweepAxis(string path, Type type, string text, IReadOnlyList<JsonNode> values, (double, double)? range, bool isLogarithmic) =>
        (Path, _type, Text, Values, _range, _isLogarithmic) = (path, type, text, values, range, isLogarithmic);

    /// <summary>Place of the setting in <c>run.json</c>.</summary>
    public string Path { get; }

    /// <summary>The values as they were written.</summary>
    public string Text { get; }

    /// <summary>The values of a grid, as JSON; empty for a range that does not say how many.</summary>
    public IReadOnlyList<JsonNode> Values { get; }

    /// <summary>Reads <c>setting=values</c>.</summary>
    /// <exception cref="InvalidSpecException">It is none; in words.</exception>
    public static SweepAxis Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0) throw Wrong($"'{text}' is no sweep of a setting; expected setting=values, as in learningRate=0.001,0.002.");
        return Parse(text[..equals].Trim(), text[(equals + 1)..]);
    }

    /// <summary>Reads the values of a setting.</summary>
    /// <param name="setting">Its place, the end of it, or a short name.</param>
    /// <param name="values">The values.</param>
    /// <exception cref="InvalidSpecException">They are none; in words.</exception>
    public static SweepAxis Parse(string setting, string values)
    {
        ArgumentNullException.ThrowIfNull(setting);
        ArgumentNullException.ThrowIfNull(values);
        if (FilterFields.FindSetting(setting) is not var (path, type))
            throw Wrong(EditDistance.Nearest(setting, FilterFields.SettingNames) is { } near ? $"There is no setting '{setting}'. Did you mean '{near}'?" : $"There is no setting '{setting}'.");
        if (path is "version" or "name" or "preset" or "samplePrompts") throw Wrong($"'{path}' says nothing about the training; a sweep is over settings that do.");
        return values.Contains("..", StringComparison.Ordinal) ? ReadRange(path, type, values.Trim()) : ReadList(path, type, values.Trim());
    }

    /// <summary>A value at random: one of a list, or anywhere in a range.</summary>
    /// <param name="uniform">A random number from 0 up to, not including, 1.</param>
    public JsonNode Draw(double uniform) =>
        _range is var (from, to) ? Number(_type, At(from, to, uniform, _isLogarithmic))! : Values[(int)(uniform * Values.Count)];

    private static SweepAxis ReadList(string path, Type type, string text)
    {
        var values = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(one => Value(path, type, one)).ToList();
        if (values.Count == 0) throw Wrong($"{path}: no values are given; expected some with commas between them, as in 1, 2, 4, or a range, as in 1..8:4.");
        return new SweepAxis(path, type, text, values, null, false);
    }

    private static SweepAxis ReadRange(string path, Type type, string text)
    {
        var parts = text.Split(':', StringSplitOptions.TrimEntries);
        var ends = parts[0].Split("..", StringSplitOptions.TrimEntries);
        var isLogarithmic = parts.Skip(1).Contains("log", StringComparer.OrdinalIgnoreCase);
        var rest = parts.Skip(1).Where(part => !part.Equals("log", StringComparison.OrdinalIgnoreCase)).ToList();
        var count = 0;
        if (!FilterFields.IsNumber(type)) throw Wrong($"{path} is no number, so it has no range; give values with commas between them.");
        if (ends.Length != 2 || !TryNumber(ends[0], out var from) || !TryNumber(ends[1], out var to) || from >= to || rest.Count > 1
            || rest is [var asked] && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 2 or > MostValues))
            throw Wrong($"{path}: '{text}' is no range; expected from..to, the smaller first, then ':' and how many values, and ':log' for equal ratios: 0.0001..0.01:5:log.");
        if (isLogarithmic && from <= 0) throw Wrong($"{path}: a range with equal ratios begins above 0, not at {ends[0]}.");
        var values = Enumerable.Range(0, count).Select(i => Number(type, At(from, to, (double)i / (count - 1), isLogarithmic))!).DistinctBy(value => value.ToJsonString());
        return new SweepAxis(path, type, text, [.. values], (from, to), isLogarithmic);
    }

    private static double At(double from, double to, double part, bool isLogarithmic) =>
        isLogarithmic ? from * Math.Pow(to / from, part) : from + (to - from) * part;

    private static JsonValue Value(string path, Type type, string text)
    {
        if (type == typeof(bool)) return bool.TryParse(text, out var flag) ? JsonValue.Create(flag) : throw Wrong($"{path} is '{text}'; expected true or false.");
        if (!FilterFields.IsNumber(type)) return JsonValue.Create(text)!;
        return TryNumber(text, out var number) && Number(type, number) is { } value && (type == typeof(double) || number == Math.Round(number))
            ? value
            : throw Wrong($"{path} is '{text}'; expected a {(type == typeof(double) ? "number" : "whole number")}.");
    }

    /// <summary>A number as a setting of its type has it: rounded to a whole one, or to 4 figures.</summary>
    private static JsonValue? Number(Type type, double value)
    {
        if (type == typeof(double)) return JsonValue.Create(double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
        return Math.Abs(value) < 9e15 ? JsonValue.Create((long)Math.Round(value)) : null;
    }

    private static bool TryNumber(string text, out double number) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    private static InvalidSpecException Wrong(string problem) => new([problem]);
}
