using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Controls;
using TinyLM.Lab.Components.Tokens;
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

    /// <summary>How many seeds.</summary>
    [SupplyParameterFromQuery] public int? Seeds { get; set; }

    /// <summary>The first seed.</summary>
    [SupplyParameterFromQuery] public string? Seed { get; set; }

    /// <summary>Most tokens of each text.</summary>
    [SupplyParameterFromQuery] public int? Tokens { get; set; }

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
        _request = _request with
        {
            Prompt = Prompt ?? _request.Prompt,
            Sides = sides.Count >= ComparisonRequest.FewestSides ? sides : [new(model, 0.5), new(model, 1)],
            Rows = Seeds ?? _request.Rows,
            Seed = ulong.TryParse(Seed, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : _request.Seed,
            MaxTokens = Tokens ?? _request.MaxTokens,
        };
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
        var usual = new ComparisonRequest();
        Navigation.RememberInAddress(new Dictionary<string, object?>
        {
            ["sides"] = string.Join(',', request.Sides.Select(side => string.Create(CultureInfo.InvariantCulture, $"{side.Model}:{side.Temperature}"))),
            ["prompt"] = AddressText.OrNull(request.Prompt, usual.Prompt),
            ["seeds"] = request.Rows == usual.Rows ? null : request.Rows,
            ["seed"] = request.Seed == usual.Seed ? null : request.Seed.ToString(CultureInfo.InvariantCulture),
            ["tokens"] = request.MaxTokens == usual.MaxTokens ? null : request.MaxTokens,
        });
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
