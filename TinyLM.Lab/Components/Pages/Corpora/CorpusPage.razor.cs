using Microsoft.AspNetCore.Components;
using MudBlazor;
using TinyLM.Lab.Library;
using TinyLM.Model.Corpora;

namespace TinyLM.Lab.Components.Pages.Corpora;

/// <summary>The documents of one corpus, or the parts of its one running text, a page at a time.</summary>
public sealed partial class CorpusPage : IDisposable
{
    private const int PageSize = 10;
    private const int MaxCharacters = 1200;

    private CancellationTokenSource _reading = new();
    private CorpusInfo? _corpus;
    private IReadOnlyList<DocumentPreview>? _documents;
    private SourceEntropy? _entropy;
    private string? _problem;

    /// <summary>Id of the corpus.</summary>
    [Parameter, EditorRequired] public required string CorpusId { get; set; }

    /// <summary>Index of the first document, or part of a running text, shown.</summary>
    [SupplyParameterFromQuery(Name = "from")] public long? From { get; set; }

    [Inject] private ICorpusLibrary Library { get; set; } = null!;

    [Inject] private IDialogService Dialogs { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Inject] private ILogger<CorpusPage> Logger { get; set; } = null!;

    private long First => Math.Clamp(From ?? 0, 0, Math.Max(0, (_corpus?.ReadCount ?? 1) - 1));

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        await _reading.CancelAsync();
        _reading.Dispose();
        _reading = new CancellationTokenSource();
        var cancellationToken = _reading.Token;
        (_corpus, _problem) = (Library.Find(CorpusId), null);
        if (_corpus is null) return;
        try
        {
            _documents = await Library.PreviewAsync(CorpusId, First, PageSize, MaxCharacters, cancellationToken);
            _entropy = await Library.MeasureEntropyAsync(CorpusId, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Another page was asked for, or this one was left.
        }
        catch (Exception e)
        {
            Logger.LogError(e, "Corpus {CorpusId} could not be read.", CorpusId);
            (_documents, _problem) = ([], $"The corpus could not be read: {e.Message}");
        }
    }

    private string PageAt(long first) => Navigation.GetUriWithQueryParameter("from", first <= 0 ? null : first);

    private async Task DeleteAsync()
    {
        var sure = await Dialogs.ShowMessageBoxAsync("Delete this corpus?", $"“{_corpus!.Name}” is removed from the library. Runs that learned from it keep their tokens.", yesText: "Delete", cancelText: "Keep");
        if (sure != true) return;
        try
        {
            await Library.DeleteAsync(CorpusId);
            Navigation.NavigateTo("/corpora");
        }
        catch (Exception e)
        {
            Logger.LogError(e, "Corpus {CorpusId} could not be deleted.", CorpusId);
            _problem = $"The corpus could not be deleted: {e.Message}";
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reading.Cancel();
        _reading.Dispose();
    }
}
