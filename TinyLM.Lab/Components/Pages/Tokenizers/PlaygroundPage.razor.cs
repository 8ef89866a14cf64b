using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Tokens;
using TinyLM.Lab.Library;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Components.Pages.Tokenizers;

/// <summary>Text to tokens at once, and ids back to text.</summary>
public sealed partial class PlaygroundPage : IDisposable
{
    private const int MostBytes = 4_000_000;
    private const int ShownSpecials = 6;
    private const int ShownProblems = 5;
    private const string Greeting = "Once upon a time, a tiny model learned to read: antidisestablishmentarianism, 12,345 and naïve 🦊 alike.";

    private readonly CancellationTokenSource _disposal = new();
    private string _tokenizerId = "";
    private string _text = Greeting;
    private string _idText = "", _idsToCopy = "";
    private bool _isFromIds, _showInvisible, _isWorking;
    private bool _readsSpecial = true;
    private string? _problem;
    private TextTokenizer? _tokenizer;
    private MergeForest? _forest;
    private TokenizedText _tokens = TokenizedText.Empty;
    private IReadOnlyList<IdProblem> _idProblems = [];
    private HashSet<int> _specialIds = [];
    private int _touched = -1;
    private MergeTree? _tree;
    private long _asked;

    /// <summary>Id of the tokenizer.</summary>
    [SupplyParameterFromQuery(Name = "tokenizer")] public string? TokenizerInAddress { get; set; }

    /// <summary>The text; a short one stands in the address.</summary>
    [SupplyParameterFromQuery(Name = "text")] public string? TextInAddress { get; set; }

    /// <summary>The ids that are turned back into text.</summary>
    [SupplyParameterFromQuery(Name = "ids")] public string? IdsInAddress { get; set; }

    /// <summary>Whether what cannot be seen is shown.</summary>
    [SupplyParameterFromQuery(Name = "invisible")] public string? InvisibleInAddress { get; set; }

    /// <summary><c>text</c> where special tokens are read as text.</summary>
    [SupplyParameterFromQuery(Name = "special")] public string? SpecialInAddress { get; set; }

    [Inject] private ITokenizerLibrary Library { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Inject] private ILogger<PlaygroundPage> Logger { get; set; } = null!;

    private IReadOnlyList<SpecialToken> Specials => _tokenizer?.SpecialTokens ?? [];

    private IEnumerable<string> Troubles
    {
        get
        {
            foreach (var problem in _idProblems.Take(ShownProblems))
                yield return problem.IsNumber
                    ? $"Entry {Display.Count(problem.Position)}, {problem.Text}: this tokenizer has no such id; it has 0 to {Display.Count((_tokenizer?.VocabularySize ?? 1) - 1)}."
                    : $"Entry {Display.Count(problem.Position)}, “{problem.Text}”: that is no whole number.";
            if (_idProblems.Count > ShownProblems) yield return $"{Display.Count(_idProblems.Count - ShownProblems)} more entries are no ids. All of them are left out.";
            if (_tokens.BrokenCount > 0) yield return $"{Display.Count(_tokens.BrokenCount)} {(_tokens.BrokenCount == 1 ? "token holds" : "tokens hold")} bytes that are no UTF-8; they are shown in hexadecimal.";
        }
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var known = Library.List();
        _tokenizerId = known.FirstOrDefault(one => one.Id == TokenizerInAddress)?.Id ?? known[0].Id;
        (_text, _idText, _isFromIds) = (TextInAddress ?? Greeting, IdsInAddress ?? "", IdsInAddress is not null);
        (_showInvisible, _readsSpecial) = (InvisibleInAddress is not null, SpecialInAddress != "text");
        await WorkAsync();
    }

    private Task TakeTextAsync(string text)
    {
        _text = text;
        return WorkAsync();
    }

    private Task TakeIdsAsync(string text)
    {
        _idText = text;
        return WorkAsync();
    }

    private Task ChooseTokenizerAsync(string id)
    {
        (_tokenizerId, _tokenizer, _forest) = (id, null, null);
        return WorkAsync();
    }

    private Task ChooseDirectionAsync(bool isFromIds)
    {
        if (isFromIds && _idText.Length == 0 && _tokens.Count <= TokenView.MostInFlow) _idText = _idsToCopy;
        _isFromIds = isFromIds;
        return WorkAsync();
    }

    private void ChooseInvisible(bool show)
    {
        _showInvisible = show;
        Remember();
    }

    private Task ChooseSpecialAsync(bool reads)
    {
        _readsSpecial = reads;
        return WorkAsync();
    }

    /// <summary>Cuts the text, or joins the ids, away from the circuit; only the newest answer is taken.</summary>
    private async Task WorkAsync()
    {
        var asked = ++_asked;
        _isWorking = true;
        try
        {
            var tokenizer = _tokenizer ?? await Library.OpenAsync(_tokenizerId, _disposal.Token);
            var (text, ids, special) = (_text, _isFromIds ? _idText : null, _readsSpecial ? SpecialTokenReading.AsToken : SpecialTokenReading.AsText);
            var (tokens, problems, written) = await Task.Run(() =>
            {
                var (cut, wrong) = ids is null ? (TokenizedText.Of(tokenizer, text, special), []) : Join(tokenizer, ids);
                return (cut, wrong, string.Join(", ", cut.Ids));
            }, _disposal.Token);
            if (asked != _asked) return;
            (_tokenizer, _tokens, _idProblems, _idsToCopy, _problem) = (tokenizer, tokens, problems, written, null);
            _specialIds = [.. tokenizer.SpecialTokens.Select(token => token.Id)];
            (_touched, _tree) = (-1, null);
            Remember();
        }
        catch (Exception) when (_disposal.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception e)
        {
            Logger.LogError(e, "Tokenizer {TokenizerId} could not be used.", _tokenizerId);
            if (asked == _asked) (_tokens, _problem) = (TokenizedText.Empty, $"The tokenizer could not be used: {e.Message}");
        }
        finally
        {
            if (asked == _asked) _isWorking = false;
        }
    }

    private static (TokenizedText Tokens, IReadOnlyList<IdProblem> Problems) Join(TextTokenizer tokenizer, string text)
    {
        var list = IdList.Parse(text, tokenizer.HasToken);
        return (TokenizedText.Of(tokenizer, list.Ids), list.Problems);
    }

    private async Task TouchAsync(int index)
    {
        if (index >= _tokens.Count || _tokenizer is not { } tokenizer) return;
        var forest = _forest ??= await Task.Run(() => new MergeForest(tokenizer), _disposal.Token);
        if (index >= _tokens.Count || tokenizer != _tokenizer) return;
        (_touched, _tree) = (index, forest.Tree(_tokens.Ids[index]));
    }

    private void Remember() => Navigation.RememberInAddress(new Dictionary<string, object?>
    {
        ["tokenizer"] = _tokenizerId == Library.List()[0].Id ? null : _tokenizerId,
        ["text"] = _isFromIds ? null : AddressText.OrNull(_text, Greeting),
        ["ids"] = _isFromIds ? AddressText.OrNull(_idText, "") ?? "" : null,
        ["invisible"] = _showInvisible ? "1" : null,
        ["special"] = _readsSpecial ? null : "text",
    });

    private string Ratio(int count) => _tokens.Count == 0 ? Display.None : ((double)count / _tokens.Count).ToString("0.00", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposal.Cancel();
        _disposal.Dispose();
    }
}
