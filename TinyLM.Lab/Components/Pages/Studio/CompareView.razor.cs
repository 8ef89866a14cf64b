using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Controls;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Studio;
using TinyLM.Model.Generation;

namespace TinyLM.Lab.Components.Pages.Studio;

/// <summary>The same prompt and seeds with two to four models or temperatures. What is compared stands in the address.</summary>
public sealed partial class CompareView : LiveComponent
{
    private ComparisonRequest _request = new();
    private ComparisonRequest? _written;
    private TextBoard _board = null!;
    private IReadOnlyList<ComparedText> _texts = [];
    private IReadOnlyList<string> _problems = [];
    private int _version;

    /// <summary>The model to begin with.</summary>
    [Parameter] public string? Model { get; set; }

    /// <summary>The sides: models and temperatures, as in <c>run/a@100:0.8,run/a:1</c>.</summary>
    [SupplyParameterFromQuery] public string? Sides { get; set; }

    /// <summary>The prompt.</summary>
    [SupplyParameterFromQuery] public string? Prompt { get; set; }

    [Inject] private IModelHost Models { get; set; } = null!;

    [Inject] private IRunService Runs { get; set; } = null!;

    [Inject] private IModelLibrary Library { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Inject] private ILogger<CompareView> Logger { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _board = new TextBoard(Models, Logger);
        var model = ModelReference.TryParse(Model, out var asked) ? asked : ModelSelect.Default(Runs, Library);
        var sides = (Sides ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Parse).OfType<ComparedSide>().Take(ComparisonRequest.MostSides).ToList();
        _request = _request with { Prompt = Prompt ?? _request.Prompt, Sides = sides.Count >= ComparisonRequest.FewestSides ? sides : [new(model, 0.5), new(model, 1)] };
        _problems = _request.Validate();
    }

    /// <inheritdoc/>
    protected override Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_version != _board.Version)
        {
            (_version, _texts) = (_board.Version, _board.Texts);
            StateHasChanged();
        }

        return Task.CompletedTask;
    }

    private void Set(ComparisonRequest request)
    {
        _request = request;
        _problems = request.Validate();
        var sides = string.Join(',', request.Sides.Select(side => string.Create(CultureInfo.InvariantCulture, $"{side.Model}:{side.Temperature}")));
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["sides"] = sides, ["prompt"] = request.Prompt.Length <= 500 ? request.Prompt : null }), replace: true);
    }

    private void Set(int index, ComparedSide side) => Set(_request with { Sides = [.. _request.Sides.Select((one, i) => i == index ? side : one)] });

    private void Add() => Set(_request with { Sides = [.. _request.Sides, _request.Sides[^1]] });

    private void Remove(int index) => Set(_request with { Sides = [.. _request.Sides.Where((_, i) => i != index)] });

    private void Start()
    {
        _written = _request;
        _board.Start([.. Enumerable.Range(0, _request.Rows).SelectMany(row => _request.Sides.Select(side => (side.Model!, _request.Request(side, row))))]);
        _texts = _board.Texts;
    }

    private string Name(ComparedSide side) =>
        string.Create(CultureInfo.InvariantCulture, $"{(side.Model is { Id: var id } ? Runs.Find(id)?.Name ?? id : "")}{(side.Model?.Step is { } step ? $", step {step}" : "")}, T {side.Temperature}");

    private static StudioBranch AsBranch(ComparisonRequest request, ComparedSide side, ComparedText text) => new()
    {
        Id = 0,
        Model = side.Model?.ToString() ?? "",
        Prompt = request.Prompt,
        Tokens = text.Tokens,
        Settings = new SamplingSettings(),
    };

    private static ComparedSide? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && ModelReference.TryParse(text[..colon], out var model) && double.TryParse(text.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var temperature)
            ? new ComparedSide(model, temperature) : null;
    }

    /// <summary>Ends the writing when the page is left.</summary>
    public override async ValueTask DisposeAsync()
    {
        _board.Dispose();
        await base.DisposeAsync();
    }
}
