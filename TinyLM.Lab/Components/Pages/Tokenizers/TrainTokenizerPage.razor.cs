using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Tokens;
using TinyLM.Lab.Library;
using TinyLM.Lab.Security;
using TinyLM.Model.Data;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Components.Pages.Tokenizers;

/// <summary>Has a tokenizer learned from a corpus, and shows its merges as they are found.</summary>
public sealed partial class TrainTokenizerPage : LiveComponent
{
    private static readonly (SplitPattern, string)[] s_patterns =
    [
        (SplitPattern.Gpt2, "GPT-2"), (SplitPattern.Gpt4, "GPT-4"), (SplitPattern.O200k, "GPT-4o"),
        (SplitPattern.None, "none"), (SplitPattern.Expression, "own expression"),
    ];

    private static readonly (TieBreak, string)[] s_tieBreaks =
    [
        (TieBreak.LowestIds, "lowest ids (nanochat)"), (TieBreak.FirstOccurrence, "first in the text (minbpe)"),
        (TieBreak.LowestCharacters, "lowest characters (Hugging Face)"), (TieBreak.GreatestBytes, "greatest bytes (CS336)"),
    ];

    private readonly List<LearnedMerge> _found = [];
    private TokenizerTrainingSettings _settings = new();
    private IReadOnlyList<(string, string)> _corpora = [];
    private IReadOnlyList<TokenizerTraining> _all = [];
    private TokenizerTraining? _shown;
    private string _name = "", _specials = "";
    private string? _refusal;
    private bool _hasSize = true, _hasFrequency = true;

    /// <summary>Corpus to begin with.</summary>
    [SupplyParameterFromQuery(Name = "corpus")] public string? CorpusInAddress { get; set; }

    /// <summary>The training that is shown.</summary>
    [SupplyParameterFromQuery(Name = "training")] public string? TrainingInAddress { get; set; }

    [Inject] private ITokenizerTrainings Trainings { get; set; } = null!;

    [Inject] private ICorpusLibrary Corpora { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromMilliseconds(200);

    private IEnumerable<string> Problems => _refusal is null ? _settings.Validate() : [.. _settings.Validate(), _refusal];

    private bool MayStart => _hasSize && _hasFrequency && _settings.Validate().Count == 0;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _corpora = [.. Corpora.List().Select(corpus => (corpus.Id, $"{corpus.Name} ({Display.Bytes(corpus.ByteCount)})"))];
        if (_corpora.Any(corpus => corpus.Item1 == CorpusInAddress)) _settings = _settings with { Corpus = CorpusInAddress! };
        _all = Trainings.List();
        if ((_all.FirstOrDefault(training => training.Id == TrainingInAddress) ?? (_all.Count > 0 ? _all[0] : null)) is { } first) Take(first.Id);
    }

    /// <inheritdoc/>
    protected override Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_shown is { Stage: TokenizerTrainingStage.Waiting or TokenizerTrainingStage.Reading or TokenizerTrainingStage.Merging } running)
        {
            Take(running.Id);
            StateHasChanged();
        }

        return Task.CompletedTask;
    }

    private void Take(string id)
    {
        if (Trainings.Read(id, _found.Count) is not { } update) return;
        _shown = update.Training;
        _found.AddRange(update.Merges);
        _all = Trainings.List();
    }

    private void Show(string id)
    {
        _found.Clear();
        Take(id);
        Navigation.RememberInAddress(new Dictionary<string, object?> { ["training"] = id });
    }

    private void TakeSpecials(string? text)
    {
        _specials = text ?? "";
        _settings = _settings with { SpecialTokens = _specials.Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries) };
    }

    private void Start()
    {
        _refusal = null;
        if (!MayStart) return;
        try
        {
            Show(Trainings.Start(_name.Trim().Length > 0 ? _name.Trim() : NameOf(_settings), _settings));
        }
        catch (Exception e) when (e is ArgumentException or LimitReachedException or NotAllowedException)
        {
            _refusal = e.Message;
        }
    }

    private string NameOf(TokenizerTrainingSettings settings) =>
        $"{Corpora.Find(settings.Corpus)?.Name ?? settings.Corpus}, {Display.Count(settings.VocabularySize)} tokens";
}
