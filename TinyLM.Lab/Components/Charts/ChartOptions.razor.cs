using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace TinyLM.Lab.Components.Charts;

/// <summary>Unit, axes, smoothing and outliers of the charts of a page; each choice goes into the address.</summary>
public sealed partial class ChartOptions
{
    private static readonly (HorizontalAxis, string)[] s_axes =
    [
        (HorizontalAxis.Steps, "steps"), (HorizontalAxis.Tokens, "tokens"), (HorizontalAxis.Flops, "operations"), (HorizontalAxis.Time, "time"), (HorizontalAxis.Epochs, "epochs"),
    ];

    /// <summary>What is chosen.</summary>
    [Parameter, EditorRequired] public required ChartSettings Settings { get; set; }

    /// <summary>Whether bits per byte are known.</summary>
    [Parameter] public bool HasBits { get; set; } = true;

    /// <summary>Whether the curves are losses, which have units.</summary>
    [Parameter] public bool HasUnits { get; set; } = true;

    /// <summary>Axes to choose from; null for all.</summary>
    [Parameter] public IReadOnlyList<HorizontalAxis>? Axes { get; set; }

    /// <summary>Told another choice.</summary>
    [Parameter] public EventCallback<ChartSettings> SettingsChanged { get; set; }

    /// <summary>Told that a person wants the picture.</summary>
    [Parameter] public EventCallback<PictureFormat> Download { get; set; }

    /// <summary>Heights of one unit mean nothing in another.</summary>
    private ZoomWindow? WithoutHeights => Settings.Zoom is { } zoom ? zoom with { Heights = null } : null;

    /// <summary>Place of the handle: each 20 divide the weight of the newest point by 10.</summary>
    private int Position => (int)Math.Round(-20 * Math.Log10(1 - Settings.Smoothing));

    private string Smoothing => Settings.Smoothing == 0 ? "none" : Settings.Smoothing.ToString("0.###", CultureInfo.InvariantCulture);

    private Task ChooseAxisAsync(ChangeEventArgs change) => Enum.TryParse<HorizontalAxis>(change.Value?.ToString(), out var axis)
        ? ChangeAsync(Settings with { Axis = axis, Zoom = null }) // places on one axis mean nothing on another
        : Task.CompletedTask;

    private Task SmoothAsync(ChangeEventArgs change) => int.TryParse(change.Value?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
        ? ChangeAsync(Settings with { Smoothing = Math.Round(1 - Math.Pow(10, -position / 20.0), 3) })
        : Task.CompletedTask;

    private Task ChangeAsync(ChartSettings settings) => SettingsChanged.InvokeAsync(settings);
}
