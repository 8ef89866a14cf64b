using System.Globalization;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Inspection;
using TinyLM.Model.Architectures;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Components.Pages.Inspect;

/// <summary>The map that stands beside the large one: another head, another checkpoint, or another model's on the same prompt.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Table">The attention, a row for each query.</param>
/// <param name="Names">Its tokens, twice.</param>
/// <param name="Config">Shape of its model.</param>
/// <param name="HasOtherTokens">Whether its tokenizer cuts the prompt otherwise.</param>
public sealed record BesideMap(string Title, ActivationTable Table, HeatmapNames Names, ModelConfig Config, bool HasOtherTokens)
{
    /// <summary>Takes the map.</summary>
    /// <param name="state">What is in view, and what stands beside.</param>
    /// <param name="reading">What is in view.</param>
    /// <param name="beside">What stands beside; the same where it is another head.</param>
    /// <param name="mixing">How heads are put together where no head is named.</param>
    public static async Task<BesideMap> TakeAsync(InspectState state, PromptReading reading, PromptReading beside, HeadMixing mixing)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(reading);
        ArgumentNullException.ThrowIfNull(beside);
        var config = beside.Config;
        var (layer, head) = (Math.Min(state.Layer, config.LayerCount - 1), Math.Min(state.Head, config.HeadCount - 1));
        if (ParseHead(state.BesideHead, config) is { } other) ((layer, head), mixing) = (other, HeadMixing.One);
        var window = TokenWindow.At(state.Start, beside.Tokens.Count);
        var picture = await beside.ComputeAsync(trace => AttentionPicture.Of(trace, layer, head, mixing, window.Start, window));
        return new BesideMap(
            $"{AttentionView.NameOf(layer, head, mixing)}{(state.Beside is not null && beside.Step is { } step ? $", step {Display.Count(step)}" : "")}",
            picture.Map,
            NamesOf(beside, window),
            config,
            !beside.Tokens.SequenceEqual(reading.Tokens));
    }

    /// <summary>The axes of a map of some tokens.</summary>
    public static HeatmapNames NamesOf(PromptReading reading, TokenWindow window)
    {
        ArgumentNullException.ThrowIfNull(reading);
        string[] names = [.. Enumerable.Range(window.Start, window.Count).Select(i => $"{i} {reading.Tokens[i].Text}")];
        return new HeatmapNames(names, names, "reads", "is looked at", "%{y} → %{x}<br>%{z:.3f}");
    }

    private static (int Layer, int Head)? ParseHead(string? text, ModelConfig config) =>
        text?.Split('.') is [var first, var second]
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var layer) && layer < config.LayerCount
        && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var head) && head < config.HeadCount ? (layer, head) : null;
}
