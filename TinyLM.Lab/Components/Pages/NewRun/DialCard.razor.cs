using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Runs;
using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.NewRun;

/// <summary>One choice from which the other settings follow: a size, or a time.</summary>
public sealed partial class DialCard
{
    private const double SmallestSize = 1e5, LargestSize = 1e9, ShortestMinutes = 0.5, LongestMinutes = 2880;

    private static readonly (string, double)[] s_sizes = [("250K", 2.5e5), ("1M", 1e6), ("3M", 3e6), ("10M", 1e7), ("30M", 3e7), ("124M", 1.24e8)];
    private static readonly (string, double)[] s_times = [("1 min", 1), ("3 min", 3), ("10 min", 10), ("1 h", 60), ("8 h", 480), ("24 h", 1440)];

    private bool _isTime;
    private double _place = 50;
    private string? _follows;

    /// <summary>What the rules say nothing about.</summary>
    [Parameter, EditorRequired] public required RunSpec Spec { get; set; }

    /// <summary>Memory of the device, in bytes; null where it is not known.</summary>
    [Parameter] public long? MemoryBytes { get; set; }

    /// <summary>Whether the speed of the device is known.</summary>
    [Parameter] public bool CanTime { get; set; }

    /// <summary>Told what follows.</summary>
    [Parameter] public EventCallback<RunSpec> SpecChanged { get; set; }

    [Inject] private IRunEstimator Estimator { get; set; } = null!;

    private (double Low, double High) Ends => _isTime ? (ShortestMinutes, LongestMinutes) : (SmallestSize, LargestSize);

    private void TurnTo(bool isTime) => (_isTime, _place, _follows) = (isTime, 50, null);

    private void Show(object? place) => _place = Read(place);

    private Task Turn(object? place) => ChooseAt(Read(place));

    private Task Choose(double value) => ChooseAt(100 * Math.Log(value / Ends.Low) / Math.Log(Ends.High / Ends.Low));

    private async Task ChooseAt(double place)
    {
        _place = place;
        var spec = _isTime
            ? OneDial.OfTime(Spec, TimeSpan.FromMinutes(At(place)), candidate => Estimator.Estimate(candidate).Time, MemoryBytes)
            : OneDial.OfSize(Spec, At(place), MemoryBytes);
        if (spec is null)
        {
            _follows = "The speed of this device is not known yet.";
            return;
        }

        var (model, training) = (spec.Model, spec.Training);
        var size = Display.Compact(ModelArithmetic.ParameterCount(model));
        _follows = $"{size} parameters: {Plural(model.LayerCount, "layer")} × {model.EmbeddingSize}, {Plural(model.HeadCount, "head")}; {Display.Count(training.Steps)} steps of {Display.Count(training.TokensPerStep(model.ContextLength))} tokens; learning rate {Display.Rate(training.LearningRate)}.";
        await SpecChanged.InvokeAsync(spec with { Name = $"{size} parameters" });
    }

    private double At(double place) => Ends.Low * Math.Pow(Ends.High / Ends.Low, place / 100);

    private string Words(double place) => _isTime ? Display.Duration(TimeSpan.FromMinutes(At(place))) : $"{Display.Compact(At(place))} parameters";

    private static string Plural(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static double Read(object? place) => double.TryParse(place as string, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 0, 100) : 50;
}
