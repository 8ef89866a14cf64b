using System.Globalization;
using System.Numerics;

namespace TinyLM.Model.Generation.Constraints;

/// <summary>The numbers between two bounds as a regular language, written without an exponent.</summary>
/// <remarks>A number is read digit by digit: as long as its digits are those of a bound, the next decides; after that all are free.</remarks>
/// <param name="Least">The lower bound; null for none.</param>
/// <param name="IsAbove">Whether the lower bound itself is left out.</param>
/// <param name="Most">The upper bound; null for none.</param>
/// <param name="IsBelow">Whether the upper bound itself is left out.</param>
internal sealed record NumberRange(decimal? Least, bool IsAbove, decimal? Most, bool IsBelow)
{
    private static readonly Pattern s_digit = Pattern.Of(('0', '9'));
    private static readonly Pattern s_digits = s_digit.Repeat(0, null);
    private static readonly Pattern s_anyFraction = Pattern.Sequence(Pattern.Literal("."), s_digit.Repeat(1, null)).Optional();

    /// <summary>Whole numbers between the bounds; null where there is none.</summary>
    public Pattern? Integers()
    {
        var least = Least is { } low ? new BigInteger(decimal.Ceiling(low)) + (IsAbove && decimal.Ceiling(low) == low ? 1 : 0) : (BigInteger?)null;
        var most = Most is { } high ? new BigInteger(decimal.Floor(high)) - (IsBelow && decimal.Floor(high) == high ? 1 : 0) : (BigInteger?)null;
        var negative = least >= 0 ? null : Whole(most < 0 ? -most.Value : 1, -least);
        return AnyOf(Sequence(Pattern.Literal("-"), negative), most < 0 ? null : Whole(least > 0 ? least.Value : 0, most));
    }

    /// <summary>Numbers between the bounds, whole ones and others; null where there is none.</summary>
    public Pattern? Numbers()
    {
        var negative = Least >= 0 ? null : Magnitudes(Most < 0 ? -Most.Value : 0, Most is not < 0 || IsBelow, -Least, IsAbove);
        return AnyOf(Sequence(Pattern.Literal("-"), negative), Most < 0 ? null : Magnitudes(Least > 0 ? Least.Value : 0, Least >= 0 && IsAbove, Most, IsBelow));
    }

    /// <summary>Whole numbers of no sign.</summary>
    private static Pattern? Whole(BigInteger least, BigInteger? most)
    {
        if (most < least) return null;
        var (low, high) = (Text(least), most is { } bound ? Text(bound) : null);
        if (high?.Length == low.Length) return Between(low, high);
        var choices = new List<Pattern?> { AtLeast(low) };
        for (var length = low.Length + 1; length < high?.Length; length++) choices.Add(Pattern.Sequence(Pattern.Of(('1', '9')), s_digit.Repeat(length - 1, length - 1)));
        choices.Add(high is null ? Pattern.Sequence(Pattern.Of(('1', '9')), s_digit.Repeat(low.Length, null)) : AtMost(high, isFirst: true));
        return AnyOf([.. choices]);
    }

    private static string Text(BigInteger value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Digits, as many as these, that make at least this number.</summary>
    private static Pattern AtLeast(string digits) => digits.Length == 0 ? Pattern.Empty : AnyOf(
        Sequence(Pattern.Literal(digits[..1]), AtLeast(digits[1..])),
        Sequence(Digits(digits[0] + 1, '9'), s_digit.Repeat(digits.Length - 1, digits.Length - 1)))!;

    /// <summary>Digits, as many as these, that make at most this number.</summary>
    private static Pattern AtMost(string digits, bool isFirst = false) => digits.Length == 0 ? Pattern.Empty : AnyOf(
        Sequence(Pattern.Literal(digits[..1]), AtMost(digits[1..])),
        Sequence(Digits(isFirst ? '1' : '0', digits[0] - 1), s_digit.Repeat(digits.Length - 1, digits.Length - 1)))!;

    /// <summary>Digits, as many as both have, that make a number from one to the other.</summary>
    private static Pattern Between(string low, string high)
    {
        if (low.Length == 0) return Pattern.Empty;
        if (low[0] == high[0]) return Pattern.Sequence(Pattern.Literal(low[..1]), Between(low[1..], high[1..]));
        return AnyOf(
            Sequence(Pattern.Literal(low[..1]), AtLeast(low[1..])),
            Sequence(Digits(low[0] + 1, high[0] - 1), s_digit.Repeat(low.Length - 1, low.Length - 1)),
            Sequence(Pattern.Literal(high[..1]), AtMost(high[1..])))!;
    }

    /// <summary>Numbers of no sign.</summary>
    private static Pattern? Magnitudes(decimal least, bool isAbove, decimal? most, bool isBelow)
    {
        if (most < least || (most == least && (isAbove || isBelow))) return null;
        var (whole, fraction) = Split(least);
        if (most is not { } bound) return AnyOf(Sequence(Pattern.Literal(Text(whole)), FractionFrom(fraction, isAbove)), Sequence(Whole(whole + 1, null), s_anyFraction));
        var (lastWhole, lastFraction) = Split(bound);
        if (whole == lastWhole) return Sequence(Pattern.Literal(Text(whole)), FractionBetween(fraction, isAbove, lastFraction, isBelow));
        return AnyOf(
            Sequence(Pattern.Literal(Text(whole)), FractionFrom(fraction, isAbove)),
            Sequence(Whole(whole + 1, lastWhole - 1), s_anyFraction),
            Sequence(Pattern.Literal(Text(lastWhole)), FractionTo(lastFraction, isBelow)));
    }

    private static (BigInteger Whole, string Fraction) Split(decimal value)
    {
        var text = value.ToString(CultureInfo.InvariantCulture);
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return (new BigInteger(decimal.Truncate(value)), point < 0 ? "" : text[(point + 1)..].TrimEnd('0'));
    }

    private static Pattern? FractionFrom(string digits, bool isAbove) =>
        AnyOf(digits.Length == 0 && !isAbove ? Pattern.Empty : null, Sequence(Pattern.Literal("."), DigitsFrom(digits, isAbove, isFirst: true)));

    private static Pattern? FractionTo(string digits, bool isBelow) =>
        AnyOf(digits.Length == 0 && isBelow ? null : Pattern.Empty, Sequence(Pattern.Literal("."), DigitsTo(digits, isBelow, isFirst: true)));

    private static Pattern? FractionBetween(string low, bool isAbove, string high, bool isBelow) =>
        AnyOf(low.Length == 0 && !isAbove ? Pattern.Empty : null, Sequence(Pattern.Literal("."), DigitsBetween(low, isAbove, high, isBelow, isFirst: true)));

    /// <summary>Digits behind the point, any number of them, that make at least what these make.</summary>
    private static Pattern? DigitsFrom(string digits, bool isAbove, bool isFirst)
    {
        if (digits.Length > 0)
            return AnyOf(Sequence(Pattern.Literal(digits[..1]), DigitsFrom(digits[1..], isAbove, isFirst: false)), Sequence(Digits(digits[0] + 1, '9'), s_digits));
        return isAbove ? Pattern.Sequence(Pattern.Literal("0").Repeat(0, null), Pattern.Of(('1', '9')), s_digits) : isFirst ? s_digit.Repeat(1, null) : s_digits;
    }

    /// <summary>Digits behind the point, any number of them, that make at most what these make.</summary>
    private static Pattern? DigitsTo(string digits, bool isBelow, bool isFirst)
    {
        if (digits.Length == 0) return isBelow ? null : Pattern.Literal("0").Repeat(isFirst ? 1 : 0, null);
        return AnyOf(
            isFirst ? null : Pattern.Empty,
            Sequence(Digits('0', digits[0] - 1), s_digits),
            Sequence(Pattern.Literal(digits[..1]), DigitsTo(digits[1..], isBelow, isFirst: false)));
    }

    /// <summary>Digits behind the point, any number of them, from what some make to what others make.</summary>
    private static Pattern? DigitsBetween(string low, bool isAbove, string high, bool isBelow, bool isFirst)
    {
        if (low.Length == 0 && !isAbove) return DigitsTo(high, isBelow, isFirst);
        if (high.Length == 0) return null; // what is greater than the lower bound is greater than the upper one
        var (from, to) = (low.Length > 0 ? low[0] : '0', high[0]);
        var rest = low.Length > 0 ? low[1..] : "";
        return from == to
            ? Sequence(Pattern.Literal($"{from}"), DigitsBetween(rest, isAbove, high[1..], isBelow, isFirst: false))
            : AnyOf(
                Sequence(Pattern.Literal($"{from}"), DigitsFrom(rest, isAbove, isFirst: false)),
                Sequence(Digits(from + 1, to - 1), s_digits),
                Sequence(Pattern.Literal($"{to}"), DigitsTo(high[1..], isBelow, isFirst: false)));
    }

    private static Pattern? Digits(int from, int to) => from > to ? null : Pattern.Of((from, to));

    private static Pattern? AnyOf(params Pattern?[] choices) => choices.OfType<Pattern>().ToArray() is [_, ..] some ? Pattern.AnyOf(some) : null;

    private static Pattern? Sequence(params Pattern?[] parts) => parts.Any(part => part is null) ? null : Pattern.Sequence([.. parts.OfType<Pattern>()]);
}
