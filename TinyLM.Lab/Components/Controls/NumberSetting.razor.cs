using System.Globalization;
using System.Numerics;
using Microsoft.AspNetCore.Components;

namespace TinyLM.Lab.Components.Controls;

/// <summary>
/// A number with its one-line explanation. What was typed stays as it was typed, so 1e-3 and 10,000 are as good as 0.001
/// and 10000; what is no number is said so beside the field and not passed on.
/// </summary>
public sealed partial class NumberSetting<T>
    where T : struct, INumber<T>
{
    private string _text = "";
    private T? _given;
    private T _parsed;
    private bool _isParsed;
    private string? _trouble;

    /// <summary>What the number is.</summary>
    [Parameter, EditorRequired] public required string Label { get; set; }

    /// <summary>What it means, in one line.</summary>
    [Parameter, EditorRequired] public required string Help { get; set; }

    /// <summary>The number.</summary>
    [Parameter, EditorRequired] public required T Value { get; set; }

    /// <summary>Told each new number as it is typed.</summary>
    [Parameter] public EventCallback<T> ValueChanged { get; set; }

    /// <summary>Told whether what stands in the field is a number.</summary>
    [Parameter] public EventCallback<bool> IsNumberChanged { get; set; }

    /// <summary>What it counts, if that is not in the label.</summary>
    [Parameter] public string? Unit { get; set; }

    /// <summary>A rule that the number breaks, in words.</summary>
    [Parameter] public string? Problem { get; set; }

    /// <summary>Whether it cannot be changed now.</summary>
    [Parameter] public bool Disabled { get; set; }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var isFromElsewhere = _given != Value && !(_isParsed && _parsed == Value);
        if (isFromElsewhere)
        {
            (_parsed, _isParsed) = (Value, true);
            _text = Value switch
            {
                double number => Display.Rate(number),
                ulong seed => seed.ToString(CultureInfo.InvariantCulture),
                _ => Value.ToString("N0", CultureInfo.InvariantCulture),
            };
        }

        _given = Value;
        if (_isParsed) _trouble = Problem;
    }

    private async Task TakeAsync(string? text)
    {
        _text = text ?? "";
        var style = typeof(T) == typeof(double) ? NumberStyles.Float | NumberStyles.AllowThousands : NumberStyles.Integer | NumberStyles.AllowThousands;
        _isParsed = T.TryParse(_text.Trim(), style, CultureInfo.InvariantCulture, out _parsed) && T.IsFinite(_parsed);
        _trouble = _isParsed ? null : _text.Trim().Length == 0 ? "A number is missing here." : $"“{_text.Trim()}” is not a {(typeof(T) == typeof(double) ? "number" : "whole number in range")}.";
        await IsNumberChanged.InvokeAsync(_isParsed);
        if (_isParsed) await ValueChanged.InvokeAsync(_parsed);
    }
}
