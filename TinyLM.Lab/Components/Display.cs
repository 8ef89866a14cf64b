using System.Globalization;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Lab.Components;

/// <summary>How the pages write numbers, sizes and times for people.</summary>
public static class Display
{
    /// <summary>Stands where a figure is not known yet.</summary>
    public const string None = "–";

    private static readonly string[] s_sizes = ["B", "kB", "MB", "GB", "TB"];

    /// <summary>A count with thousands set apart: 1,234.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count in at most four signs: 934, 12.3k, 1.25M, 7B.</summary>
    public static string Compact(double value)
    {
        var (divisor, unit) = Math.Abs(value) switch
        {
            >= 999.5e9 => (1e12, "T"),
            >= 999.5e6 => (1e9, "B"),
            >= 999.5e3 => (1e6, "M"),
            >= 999.5 => (1e3, "k"),
            _ => (1.0, ""),
        };
        return Digits(value / divisor) + unit;
    }

    /// <summary>A quantity of any size: as <see cref="Compact"/> up to a thousand trillions, else with a power of ten: 3.2e18, 4.1e-5.</summary>
    public static string Amount(double value) => Math.Abs(value) is >= 1e15 or (> 0 and < 0.01) ? Power(value) : Compact(value);

    /// <summary>Operations, as papers write them: 5.76e23.</summary>
    public static string Power(double value) => value.ToString("0.##e0", CultureInfo.InvariantCulture);

    /// <summary>A size in powers of 1,000: 8.4 MB.</summary>
    public static string Bytes(long bytes)
    {
        double value = bytes;
        var unit = 0;
        for (; value >= 999.5 && unit < s_sizes.Length - 1; unit++) value /= 1000;
        return unit == 0 ? $"{bytes} B" : $"{Digits(value)} {s_sizes[unit]}";
    }

    /// <summary>A loss, in nats or bits, with three decimals.</summary>
    public static string Loss(double? value) => value is { } loss ? loss.ToString("0.000", CultureInfo.InvariantCulture) : None;

    /// <summary>A small quantity as people write learning rates: 0.001, 6e-05.</summary>
    public static string Rate(double value) => value.ToString("0.###E+0", CultureInfo.InvariantCulture) is var scientific && value is > 0 and < 1e-4
        ? scientific.Replace("E", "e", StringComparison.Ordinal)
        : value.ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>A whole percentage, rounded down so that 100% means done.</summary>
    public static string Percent(double fraction) => $"{(int)Math.Floor(Math.Clamp(fraction, 0, 1) * 100)}%";

    /// <summary>A probability: 42%, 3.1%, less than 0.1%.</summary>
    public static string Chance(double probability) => probability switch
    {
        > 0 and < 0.0005 => "<0.1%",
        < 0.0995 => probability.ToString("0.0%", CultureInfo.InvariantCulture),
        _ => probability.ToString("0%", CultureInfo.InvariantCulture),
    };

    /// <summary>A length of time in its two largest units: 2 min 05 s.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => "under 1 s",
        { TotalMinutes: < 1 } => $"{time.Seconds} s",
        { TotalHours: < 1 } => $"{time.Minutes} min {time.Seconds:00} s",
        { TotalDays: < 1 } => $"{time.Hours} h {time.Minutes:00} min",
        _ => $"{time.Days} d {time.Hours} h",
    };

    /// <summary>How long ago something was: just now, 5 min ago, yesterday's date.</summary>
    public static string Ago(DateTimeOffset then, DateTimeOffset now) => (now - then) switch
    {
        { TotalSeconds: < 45 } => "just now",
        { TotalMinutes: < 59.5 } past => $"{Math.Max(1, (int)Math.Round(past.TotalMinutes))} min ago",
        { TotalHours: < 23.5 } past => $"{(int)Math.Round(past.TotalHours)} h ago",
        _ => then.ToLocalTime().ToString("d MMM yyyy", CultureInfo.InvariantCulture),
    };

    /// <summary>The family of a model as people call it.</summary>
    public static string Family(ModelFamily family) => family == ModelFamily.Gpt2 ? "GPT-2" : "Llama";

    /// <summary>A form of models as people call it.</summary>
    public static string Format(ModelFormat format) => format switch
    {
        ModelFormat.HuggingFace => "Hugging Face folder",
        ModelFormat.Llmc => "llm.c, fp32",
        ModelFormat.LlmcBf16 => "llm.c, bf16",
        ModelFormat.Llama2c => "llama2.c, version 1",
        ModelFormat.Llama2cLegacy => "llama2.c, legacy",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
    };

    private static string Digits(double value) => Math.Abs(value) switch
    {
        >= 99.95 or 0 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 9.995 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
