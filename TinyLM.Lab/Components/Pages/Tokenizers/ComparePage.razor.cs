using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Tokens;
using TinyLM.Lab.Library;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Components.Pages.Tokenizers;

/// <summary>Two to four tokenizers side by side.</summary>
public sealed partial class ComparePage : IDisposable
{
    private const int Fewest = 2;
    private const int Most = 4;
    private const int MostBytes = 1_000_000;
    private const string Greeting = "Once upon a time there was a tiny fox who loved unbelievably long words.\nDer kleine Fuchs lief über die Brücke. Лиса жила в лесу. 狐狸住在森林里。 🦊🦊 2,026 + 17 = 2,043";

    private readonly CancellationTokenSource _disposal = new();
    private List<TokenizerCut> _cuts = [];
    private string _text = Greeting;
    private bool _showInvisible;
    private string? _corpusId;
    private string? _problem;
    private long _asked;

    /// <summary>Ids of the tokenizers.</summary>
    [SupplyParameterFromQuery(Name = "t")] public string[]? TokenizersInAddress { get; set; }

    /// <summary>The text; a short one stands in the address.</summary>
    [SupplyParameterFromQuery(Name = "text")] public string? TextInAddress { get; set; }

    /// <summary>Whether what cannot be seen is shown.</summary>
    [SupplyParameterFromQuery(Name = "invisible")] public string? InvisibleInAddress { get; set; }

    /// <summary>The corpus over which they are compared; null for the first one.</summary>
    [SupplyParameterFromQuery(Name = "corpus")] public string? CorpusInAddress { get; set; }

    [Inject] private ITokenizerLibrary Library { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Inject] private ILogger<ComparePage> Logger { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var known = Library.List();
        string[] asked = [.. (TokenizersInAddress ?? []).Where(id => known.Any(one => one.Id == id)).Take(Most)];
        string[] ids = [.. asked, .. known.Select(one => one.Id).Except(asked).Take(Math.Max(0, Fewest - asked.Length))];
        _cuts = [.. ids.Select(Named)];
        (_text, _showInvisible, _corpusId) = (TextInAddress ?? Greeting, InvisibleInAddress is not null, CorpusInAddress);
        await CutAsync();
    }

    private TokenizerCut Named(string id) => new() { TokenizerId = id, Name = Library.List().First(one => one.Id == id).Name };

    private Task TakeTextAsync(string text)
    {
        _text = text;
        return CutAsync();
    }

    private Task ChooseAsync(int at, string id)
    {
        _cuts[at] = Named(id);
        return CutAsync();
    }

    private Task AddAsync()
    {
        var known = Library.List();
        _cuts.Add(Named((known.FirstOrDefault(one => _cuts.All(cut => cut.TokenizerId != one.Id)) ?? known[0]).Id));
        return CutAsync();
    }

    private Task RemoveAsync(int at)
    {
        _cuts.RemoveAt(at);
        return CutAsync();
    }

    private void ChooseInvisible(bool show)
    {
        _showInvisible = show;
        Remember();
    }

    private void ChooseCorpus(string corpusId)
    {
        _corpusId = corpusId;
        Remember();
    }

    private async Task CutAsync()
    {
        var asked = ++_asked;
        var (text, wanted) = (_text, _cuts.ToList());
        try
        {
            var tokenizers = new List<TextTokenizer>();
            foreach (var cut in wanted) tokenizers.Add(await Library.OpenAsync(cut.TokenizerId, _disposal.Token));
            var cuts = await Task.Run(() => Cut(text, wanted, tokenizers), _disposal.Token);
            if (asked != _asked) return;
            (_cuts, _problem) = (cuts, null);
            Remember();
        }
        catch (Exception) when (_disposal.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception e)
        {
            Logger.LogError(e, "Tokenizers could not be compared.");
            if (asked == _asked) _problem = $"The tokenizers could not be compared: {e.Message}";
        }
    }

    private static List<TokenizerCut> Cut(string text, List<TokenizerCut> wanted, List<TextTokenizer> tokenizers)
    {
        var measure = TextMeasure.Of(text);
        var texts = tokenizers.Select(tokenizer => TokenizedText.Of(tokenizer, text, SpecialTokenReading.AsText)).ToList();
        var agreement = TokenAgreement.Of(texts);
        return
        [
            .. wanted.Select((cut, i) => cut with
            {
                Tokens = texts[i],
                Fertility = new Fertility(measure, texts[i].Count),
                Marks = [.. agreement[i].Select(agrees => agrees ? TokenMark.None : TokenMark.Apart)],
            }),
        ];
    }

    private void Remember() => Navigation.RememberInAddress(new Dictionary<string, object?>
    {
        ["t"] = _cuts.Select(cut => cut.TokenizerId).ToArray(),
        ["text"] = AddressText.OrNull(_text, Greeting),
        ["invisible"] = _showInvisible ? "1" : null,
        ["corpus"] = _corpusId,
    });

    private static string Figure(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposal.Cancel();
        _disposal.Dispose();
    }
}
