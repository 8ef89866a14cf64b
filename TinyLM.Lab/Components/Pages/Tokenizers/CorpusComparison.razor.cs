using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Library;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Components.Pages.Tokenizers;

/// <summary>What tokenizers make of a corpus of the library, as a table and by script as a plot.</summary>
public sealed partial class CorpusComparison : LiveComponent, IProgress<double>
{
    private IReadOnlyList<(string, string)> _corpora = [];
    private CancellationTokenSource? _cancellation;
    private double _fraction;
    private string? _problem;
    private string _title = "";
    private FertilitySurvey? _survey;
    private IReadOnlyList<string> _names = [], _groups = [];
    private IReadOnlyList<BarSeries> _bars = [];

    /// <summary>The tokenizers.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<string> TokenizerIds { get; set; }

    /// <summary>The corpus; null, or one that is gone, for the first of the library.</summary>
    [Parameter, EditorRequired] public required string? CorpusId { get; set; }

    /// <summary>Told another choice.</summary>
    [Parameter] public EventCallback<string> CorpusIdChanged { get; set; }

    [Inject] private ICorpusLibrary Corpora { get; set; } = null!;

    [Inject] private ITokenizerLibrary Library { get; set; } = null!;

    [Inject] private IFertilityMeter Meter { get; set; } = null!;

    [Inject] private ILogger<CorpusComparison> Logger { get; set; } = null!;

    private string Chosen => _corpora.Any(corpus => corpus.Item1 == CorpusId) ? CorpusId! : _corpora[0].Item1;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromMilliseconds(250);

    /// <summary>Notes how far it has come; called on any thread.</summary>
    void IProgress<double>.Report(double value) => Volatile.Write(ref _fraction, value);

    /// <inheritdoc/>
    protected override void OnInitialized() => _corpora = [.. Corpora.List().Select(corpus => (corpus.Id, $"{corpus.Name} ({Display.Bytes(corpus.ByteCount)})"))];

    /// <inheritdoc/>
    protected override Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_cancellation is not null) StateHasChanged();
        return Task.CompletedTask;
    }

    private async Task MeasureAsync()
    {
        using var cancellation = _cancellation = new CancellationTokenSource();
        (_fraction, _problem) = (0, null);
        var corpusId = Chosen;
        string[] ids = [.. TokenizerIds.Distinct()];
        try
        {
            var known = Library.List();
            var tokenizers = new List<TextTokenizer>();
            foreach (var id in ids) tokenizers.Add(await Library.OpenAsync(id, cancellation.Token));
            var survey = await Meter.MeasureAsync(corpusId, tokenizers, this, cancellation.Token);
            Show(survey, corpusId, [.. ids.Select(id => known.First(one => one.Id == id).Name)]);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // A person cancelled it, or left the page.
        }
        catch (Exception e)
        {
            Logger.LogError(e, "Corpus {CorpusId} could not be measured.", corpusId);
            _problem = $"The corpus could not be measured: {e.Message}";
        }
        finally
        {
            _cancellation = null;
        }
    }

    private void Show(FertilitySurvey survey, string corpusId, IReadOnlyList<string> names)
    {
        var text = survey.Total(0).Text;
        (_survey, _names) = (survey, names);
        _title = $"{Corpora.Find(corpusId)?.Name}: {Display.Bytes(text.Bytes)}, {Display.Count(text.Words)} words";
        _groups = [.. survey.Systems.Select(NameOf)];
        _bars = [.. names.Select((name, i) => new BarSeries(name, [.. survey.Systems.Select(system => (double?)survey[i, system].BytesPerToken)]))];
    }

    private static string NameOf(WritingSystem system) => system switch
    {
        WritingSystem.None => "no letters",
        WritingSystem.Caucasian => "Armenian, Georgian",
        WritingSystem.SoutheastAsian => "Southeast Asian",
        WritingSystem.Han => "Chinese",
        WritingSystem.Kana => "Japanese",
        WritingSystem.Hangul => "Korean",
        WritingSystem.Other => "other scripts",
        _ => system.ToString(),
    };

    private static string Figure(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _cancellation?.Cancel();
        await base.DisposeAsync();
    }
}
