using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using TinyLM.Lab.Inspection;
using TinyLM.Model.Architectures;
using TinyLM.Model.Inspection;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>What a model costs, number by number, each with its formula.</summary>
public sealed partial class ArithmeticView : IDisposable
{
    private static readonly IReadOnlyList<(string, string)> s_shapes = [("", "own"), .. ModelShapes.Gpt2.Concat(ModelShapes.Large).Concat(ModelShapes.Llama2c).Concat(ModelShapes.TinyStories).Select(shape => (shape.Id, shape.Title))];
    private static readonly IReadOnlyList<(ModelFamily, string)> s_families = [(ModelFamily.Gpt2, "GPT-2"), (ModelFamily.Llama, "Llama")];
    private static readonly IReadOnlyList<(TrainingNumbers, string)> s_numbers = [(TrainingNumbers.Fp32, "fp32"), (TrainingNumbers.Mixed, "bf16, fp32 masters"), (TrainingNumbers.Bf16, "bf16 throughout")];
    private static readonly IReadOnlyList<(ActivationKeeping, string)> s_keepings = [(ActivationKeeping.Everything, "everything"), (ActivationKeeping.WithoutScores, "all but the scores (fused attention)"), (ActivationKeeping.BlockInputs, "inputs of the blocks (recomputation)")];
    private static readonly IReadOnlyList<(FlopsConvention, string)> s_conventions = [(FlopsConvention.Parameters, "6N"), (FlopsConvention.Llmc, "llm.c, 6N + 6LCT"), (FlopsConvention.Palm, "PaLM, 6N + 12LCT"), (FlopsConvention.Hoffmann, "Chinchilla, blocks alone"), (FlopsConvention.Exact, "product by product")];
    private static readonly IReadOnlyList<(string, string)> s_devices = [.. Accelerators.All.Select(device => (device.Id, device.Title))];

    private ArithmeticState _state = new();
    private string _tokens = "";
    private string? _tokensProblem;
    private IReadOnlyList<string> _problems = [];
    private IReadOnlyList<ReckoningSection> _sections = [];

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose() => Navigation.LocationChanged -= Refresh;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Navigation.LocationChanged += Refresh;
        Read();
    }

    private void Read()
    {
        _state = ArithmeticState.OfAddress(Navigation.Uri);
        _problems = _state.Validate();
        _sections = _problems.Count == 0 ? ArithmeticSheet.Of(_state) : [];
        if (ScaledNumber.TryParse(_tokens, out var typed) && typed == _state.Tokens) return; // as it was typed
        var few = Display.Amount(_state.Tokens);
        _tokens = ScaledNumber.TryParse(few, out var read) && read == _state.Tokens ? few : _state.Tokens.ToString("R", CultureInfo.InvariantCulture);
        _tokensProblem = null;
    }

    private void TakeTokens(string text)
    {
        _tokens = text;
        _tokensProblem = ScaledNumber.TryParse(text, out var tokens) && double.IsFinite(tokens) ? null : text.Trim().Length == 0 ? "A number is missing here." : $"“{text.Trim()}” is not a number.";
        if (_tokensProblem is null) Change(_state with { Tokens = tokens });
    }

    private void Take(string id)
    {
        if (ArithmeticState.ShapeOf(id) is { } shape) Change(_state with { Model = shape.Config });
    }

    private void Change(ArithmeticState state) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(state.ToQuery()), replace: true);

    private void Refresh(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(() =>
    {
        Read();
        StateHasChanged();
    });

    /// <summary>The model in the other family: what only one of them knows goes.</summary>
    private ModelConfig Of(ModelFamily family) =>
        family == ModelFamily.Gpt2 ? _state.Model with { Family = family, KeyValueHeadCount = 0, TiedHead = true } : _state.Model with { Family = family };

    private static NamedTable TableOf(ReckoningSection section) =>
        new(new ActivationTable([.. section.Rows.Select(row => (float)row.Amount)], section.Rows.Count, 1), [.. section.Rows.Select(row => row.Name)], [section.Title]);
}
