using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web.Virtualization;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Tokens;
using TinyLM.Lab.Library;
using TinyLM.Model.Data;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Components.Pages.Tokenizers;

/// <summary>The vocabulary of one tokenizer: searched, sorted, and counted in a corpus.</summary>
public sealed partial class VocabularyPage : LiveComponent, IProgress<double>
{
    private readonly CancellationTokenSource _leaving = new();
    private TokenizerInfo? _info;
    private TextTokenizer? _tokenizer;
    private MergeForest? _forest;
    private string? _problem;
    private VocabularyQuery _query = new();
    private IReadOnlyList<int> _ids = [];
    private Virtualize<int>? _virtualize;
    private IReadOnlyList<(string Id, string Name)> _corpora = [];
    private string _corpusId = "", _countedId = "";
    private VocabularyStatistics? _statistics;
    private CancellationTokenSource? _counting;
    private double _fraction;
    private int? _chosen;
    private MergeTree? _tree;

    /// <summary>Id of the tokenizer.</summary>
    [Parameter, EditorRequired] public required string TokenizerId { get; set; }

    /// <summary>What is searched for.</summary>
    [SupplyParameterFromQuery(Name = "search")] public string? SearchInAddress { get; set; }

    /// <summary>The order.</summary>
    [SupplyParameterFromQuery(Name = "sort")] public string? OrderInAddress { get; set; }

    /// <summary>The token that is looked at.</summary>
    [SupplyParameterFromQuery(Name = "token")] public int? TokenInAddress { get; set; }

    [Inject] private ITokenizerLibrary Library { get; set; } = null!;

    [Inject] private ICorpusLibrary Corpora { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Inject] private ILogger<VocabularyPage> Logger { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromMilliseconds(250);

    /// <summary>Notes how far counting has come; called on any thread.</summary>
    void IProgress<double>.Report(double value) => Volatile.Write(ref _fraction, value);

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _info = Library.Find(TokenizerId);
        if (_info is null) return;
        _corpora = [.. Corpora.List().Select(corpus => (corpus.Id, corpus.Name))];
        _corpusId = _corpora.Any(corpus => corpus.Id == _info.Corpus) ? _info.Corpus! : _corpora[0].Id;
        _query = new VocabularyQuery(SearchInAddress ?? "", Enum.TryParse<VocabularyOrder>(OrderInAddress, ignoreCase: true, out var order) ? order : VocabularyOrder.Id);
        try
        {
            _tokenizer = await Library.OpenAsync(TokenizerId, _leaving.Token);
            await ChangeAsync(_query);
            if (TokenInAddress is { } token && _tokenizer.HasToken(token)) await ChooseAsync(token);
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception e)
        {
            Logger.LogError(e, "Tokenizer {TokenizerId} could not be read.", TokenizerId);
            _problem = $"The tokenizer could not be read: {e.Message}";
        }
    }

    /// <inheritdoc/>
    protected override Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_counting is not null) StateHasChanged();
        return Task.CompletedTask;
    }

    private async Task ChangeAsync(VocabularyQuery query)
    {
        _query = query;
        var (tokenizer, statistics) = (_tokenizer!, _statistics);
        var ids = await Task.Run(() => query.Find(tokenizer, statistics), _leaving.Token);
        if (query != _query) return; // something newer was asked for meanwhile
        _ids = ids;
        Remember();
        if (_virtualize is not null) await _virtualize.RefreshDataAsync();
    }

    private ValueTask<ItemsProviderResult<int>> ProvideAsync(ItemsProviderRequest request) =>
        ValueTask.FromResult(new ItemsProviderResult<int>(_ids.Skip(request.StartIndex).Take(request.Count), _ids.Count));

    private async Task ChooseAsync(int id)
    {
        var tokenizer = _tokenizer!;
        _forest ??= await Task.Run(() => new MergeForest(tokenizer), _leaving.Token);
        (_chosen, _tree) = (id, _forest.Tree(id));
        Remember();
    }

    private async Task CountAsync()
    {
        using var counting = _counting = CancellationTokenSource.CreateLinkedTokenSource(_leaving.Token);
        (_fraction, _problem, _countedId) = (0, null, _corpusId);
        try
        {
            _statistics = await Library.CountAsync(TokenizerId, _countedId, null, this, counting.Token);
            await ChangeAsync(_query with { Order = _query.Order == VocabularyOrder.Id ? VocabularyOrder.Frequent : _query.Order });
        }
        catch (OperationCanceledException) when (counting.IsCancellationRequested)
        {
            // A person cancelled it, or left the page.
        }
        catch (Exception e)
        {
            Logger.LogError(e, "The tokens of {TokenizerId} could not be counted in {CorpusId}.", TokenizerId, _countedId);
            _problem = $"The corpus could not be counted: {e.Message}";
        }
        finally
        {
            _counting = null;
        }
    }

    private void Remember() => Navigation.RememberInAddress(new Dictionary<string, object?>
    {
        ["search"] = AddressText.OrNull(_query.Search, ""),
        ["sort"] = _query.Order == VocabularyOrder.Id ? null : _query.Order.ToString().ToLowerInvariant(),
        ["token"] = _chosen,
    });

    private string Summary(VocabularyStatistics statistics)
    {
        var unused = Enumerable.Range(0, _tokenizer!.VocabularySize).Count(id => _tokenizer.HasToken(id) && _tokenizer.FindSpecial(id) is null && statistics.Counts[id] == 0);
        return $"{CorpusName(_countedId)}: {Display.Count(statistics.TokenCount)} tokens, {statistics.BytesPerToken.ToString("0.00", CultureInfo.InvariantCulture)} bytes per token, "
            + $"{statistics.TokensPerWord.ToString("0.00", CultureInfo.InvariantCulture)} tokens per word. {Display.Count(unused)} tokens of the vocabulary are never used in it.";
    }

    private string CorpusName(string? id) => _corpora.FirstOrDefault(corpus => corpus.Id == id).Name ?? id ?? "";

    private static string TextOf(TextTokenizer tokenizer, int id) => tokenizer.FindSpecial(id) is { } special ? special.Text : TokenWriting.Line(tokenizer.TokenBytes(id).Span);

    private static string Share(VocabularyStatistics statistics, int id) =>
        statistics.TokenCount == 0 ? Display.None : ((double)statistics.Counts[id] / statistics.TokenCount).ToString("0.###%", CultureInfo.InvariantCulture);

    private static string NameOf(VocabularyOrder order) => order switch
    {
        VocabularyOrder.Longest => "longest first",
        VocabularyOrder.Frequent => "most frequent first",
        VocabularyOrder.Rare => "rarest first",
        VocabularyOrder.Alphabetical => "alphabetical",
        _ => "by id",
    };

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        _leaving.Dispose();
        await base.DisposeAsync();
    }
}
