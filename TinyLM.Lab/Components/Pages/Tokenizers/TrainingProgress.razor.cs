using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Library;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Components.Pages.Tokenizers;

/// <summary>How the training of a tokenizer stands: its merges, what they save, and what to do with the result.</summary>
public sealed partial class TrainingProgress : LiveComponent
{
    private static readonly CurveChartLook s_look = new() { Unit = "bytes per token", Axis = HorizontalAxis.Vocabulary, Format = ".2f" };

    private readonly Curve _compression = new();
    private readonly List<byte[]> _tokens = [];
    private IReadOnlyList<CurveSeries> _curves = [];
    private List<(int Index, LearnedMerge Merge)> _newestFirst = [];
    private CurveChart? _chart;
    private string? _id;

    /// <summary>How it stands.</summary>
    [Parameter, EditorRequired] public required TokenizerTraining Training { get; set; }

    /// <summary>Its merges so far, in order; the list grows.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<LearnedMerge> Merges { get; set; }

    /// <summary>Told that it is to end.</summary>
    [Parameter] public EventCallback OnCancel { get; set; }

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromMilliseconds(250);

    private bool IsUnderWay => Training.Stage is TokenizerTrainingStage.Waiting or TokenizerTrainingStage.Reading or TokenizerTrainingStage.Merging;

    /// <summary>The stage in words.</summary>
    internal static string StageOf(TokenizerTraining training) => training.Stage switch
    {
        TokenizerTrainingStage.Waiting => "waiting for another to end",
        TokenizerTrainingStage.Reading => "reading the text",
        TokenizerTrainingStage.Merging => "finding merges",
        TokenizerTrainingStage.Done => "in the library",
        TokenizerTrainingStage.Failed => "failed",
        _ => "cancelled",
    };

    /// <inheritdoc/>
    protected override void OnInitialized() => _curves = [new CurveSeries("bytes per token", _compression, CurveStyle.Main)];

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (_id != Training.Id)
        {
            _id = Training.Id;
            _tokens.Clear();
            _tokens.AddRange(Enumerable.Range(0, 256).Select(value => (byte[])[(byte)value]));
            _compression.Clear();
        }

        for (var merge = _tokens.Count - 256; merge < Merges.Count; merge++)
        {
            var found = Merges[merge];
            _tokens.Add([.. _tokens[found.Left], .. _tokens[found.Right]]);
            if (Training.ByteCount is { } bytes && found.TokenCount > 0) _compression.Append(257 + merge, (double)bytes / found.TokenCount);
        }

        if (_newestFirst.Count != Merges.Count) _newestFirst = [.. Merges.Index().Reverse()];
    }

    /// <inheritdoc/>
    protected override Task RefreshAsync(CancellationToken cancellationToken) => _chart?.DrawAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    protected override void OnReconnected() => _chart?.Invalidate();

    private string NameOf(int id) => TokenName.Of(_tokens[id]);

    private static string Ratio(long bytes, long tokens) => tokens == 0 ? Display.None : ((double)bytes / tokens).ToString("0.00", CultureInfo.InvariantCulture);
}
