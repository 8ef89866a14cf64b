using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Sampling;
using TinyLM.Lab.Models;
using TinyLM.Model.Generation;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.Run;

/// <summary>Lets a checkpoint of the run write, token by token.</summary>
public sealed partial class SamplingPanel : LiveComponent
{
    private SamplingSession _session = null!;
    private SamplingOutput _output = SamplingOutput.None;
    private IReadOnlyList<string> _problems = [];
    private IReadOnlyList<int> _steps = [];
    private int _knownCheckpoints = -1;
    private int _version = -1;
    private bool _shaded;

    /// <summary>Id of the run.</summary>
    [Parameter, EditorRequired] public required string RunId { get; set; }

    /// <summary>Checkpoints that the run has told of, in order of steps.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<CheckpointEvent> Checkpoints { get; set; }

    [Inject] private SamplingSessions Sessions { get; set; } = null!;

    [Inject] private WritingTurn Turn { get; set; } = null!;

    [Inject] private IModelHost Models { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromMilliseconds(100);

    private SamplingRequest Request => _session.Request;

    private SamplingSettings Settings => Request.Settings;

    private string Text => string.Concat(_output.Pieces.Select(piece => piece.Text));

    private string TemperatureHint => Settings.Temperature switch
    {
        0 => "Always the likeliest token: the same text every time.",
        < 0.6 => "Careful: plain and repetitive.",
        <= 1.0 => "Balanced: varied and mostly sensible.",
        _ => "Daring: surprising, with more slips.",
    };

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _session = Sessions.Of(RunId);
        Take();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_knownCheckpoints == Checkpoints.Count) return;
        _knownCheckpoints = Checkpoints.Count;
        _steps = await Models.ListCheckpointsAsync(RunId);
    }

    /// <inheritdoc/>
    protected override Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_version != _session.Version)
        {
            Take();
            StateHasChanged();
        }

        return Task.CompletedTask;
    }

    private void Take()
    {
        _version = _session.Version;
        _output = _session.Read();
        _problems = Settings.Validate();
    }

    private void Change(SamplingRequest request)
    {
        _session.Request = request;
        Take();
    }

    private void Change(SamplingSettings settings) => Change(Request with { Settings = settings });

    private void Generate()
    {
        if (!Turn.Take(Settings.MaxTokens)) return;
        _session.Start();
        Take();
    }

    private string Name(int? step) => step is { } one
        ? $"step {Display.Count(one)}"
        : _steps is [.., var newest] ? $"newest (step {Display.Count(newest)})" : "newest";

    private string Summary(SamplingRequest asked)
    {
        var count = _output.Pieces.Count == 1 ? "1 token" : $"{Display.Count(_output.Pieces.Count)} tokens";
        var speed = _output.Seconds > 0 ? $"{Display.Compact(_output.Pieces.Count / _output.Seconds)} a second" : null;
        var end = _output switch
        {
            { IsRunning: true } => "writing",
            { WasStopped: true } => "stopped",
            { FinishReason: FinishReason.EndOfText } => "the model ended the text",
            { FinishReason: FinishReason.Length } => "as long as asked for",
            _ => null,
        };
        return string.Join(" · ", new[] { count, speed, $"seed {asked.Settings.Seed}", end }.Where(part => part is not null));
    }

    private static string Probability(GeneratedPiece piece) =>
        $"token {piece.TokenId}, probability {Math.Exp(piece.LogProbability).ToString("0.0%", CultureInfo.InvariantCulture)}";
}
