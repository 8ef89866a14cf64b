using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Tokens;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Components.Pages.Tokenizers;

/// <summary>Byte-pair encoding on a person's own text, step by step.</summary>
public sealed partial class BpePage : LiveComponent
{
    private const int ShownPairs = 14;
    private const int MostMerges = 2000;
    private const string Song = "How much wood would a woodchuck chuck\nif a woodchuck could chuck wood?\nHe would chuck, he would, as much as he could,\nand chuck as much wood as a woodchuck would\nif a woodchuck could chuck wood.";

    private static readonly CurveChartLook s_look = new() { Unit = "bytes per token", Axis = HorizontalAxis.Vocabulary, Format = ".2f" };

    private static readonly (SplitPattern, string)[] s_patterns =
        [(SplitPattern.Gpt2, "GPT-2: words with their space"), (SplitPattern.Gpt4, "GPT-4: numbers by three digits"), (SplitPattern.None, "none: one chunk")];

    private static readonly (TieBreak, string)[] s_tieBreaks =
        [(TieBreak.LowestIds, "lowest ids"), (TieBreak.FirstOccurrence, "first in the text"), (TieBreak.GreatestBytes, "greatest bytes")];

    private static readonly (string Name, string Text)[] s_examples = [("Woodchuck", Song), ("aaabdaaabac", "aaabdaaabac"), ("Emoji", "🙂🙃🙂🙃 :) 🙂🙂🙂")];

    private readonly CancellationTokenSource _leaving = new();
    private readonly Curve _compression = new(), _now = new();
    private IReadOnlyList<CurveSeries> _curves = [];
    private TextInput? _input;
    private CurveChart? _chart;
    private string _text = Song;
    private SplitPattern _pattern = SplitPattern.Gpt2;
    private TieBreak _tieBreak = TieBreak.LowestIds;
    private string? _problem;
    private BpeTrace _trace = BpeTrace.Empty;
    private int _step;
    private List<int> _merges = [];
    private TokenizedText _tokens = TokenizedText.Empty;
    private TokenMark[] _marks = [];
    private IReadOnlyList<PairCount> _pairs = [];
    private MergeTree? _tree;

    /// <summary>The text; a short one stands in the address.</summary>
    [SupplyParameterFromQuery(Name = "text")] public string? TextInAddress { get; set; }

    /// <summary>The split pattern.</summary>
    [SupplyParameterFromQuery(Name = "split")] public string? SplitInAddress { get; set; }

    /// <summary>The rule for equal counts.</summary>
    [SupplyParameterFromQuery(Name = "ties")] public string? TiesInAddress { get; set; }

    /// <summary>Merges done.</summary>
    [SupplyParameterFromQuery(Name = "step")] public int? StepInAddress { get; set; }

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromMilliseconds(200);

    private int Last => _trace.Merges.Count;

    private string Headline
    {
        get
        {
            if (_trace.Bytes.IsEmpty) return "There is no text yet";
            if (_step == 0) return "Every byte is a token";
            var (left, right) = _trace.Merges[_step - 1];
            var count = _trace.TokenCount(_step - 1) - _trace.TokenCount(_step);
            return $"Merge {Display.Count(_step)} of {Display.Count(Last)}: {Name(left)} + {Name(right)} → {Name(255 + _step)}, {Display.Count(count)} {(count == 1 ? "time" : "times")}";
        }
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _curves = [new CurveSeries("bytes per token", _compression, CurveStyle.Main), new CurveSeries("this step", _now, CurveStyle.Marked)];
        _text = TextInAddress ?? _text;
        if (Enum.TryParse<SplitPattern>(SplitInAddress, ignoreCase: true, out var pattern) && s_patterns.Any(known => known.Item1 == pattern)) _pattern = pattern;
        if (Enum.TryParse<TieBreak>(TiesInAddress, ignoreCase: true, out var tieBreak) && s_tieBreaks.Any(known => known.Item1 == tieBreak)) _tieBreak = tieBreak;
        await LearnAsync(StepInAddress ?? 0);
    }

    /// <inheritdoc/>
    protected override Task RefreshAsync(CancellationToken cancellationToken) => _chart?.DrawAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    protected override void OnReconnected() => _chart?.Invalidate();

    private async Task TakeTextAsync(string text)
    {
        _text = text;
        await LearnAsync(step: 0);
    }

    private async Task ShowExampleAsync(string text)
    {
        if (_input is not null) await _input.SetAsync(text);
        await TakeTextAsync(text);
    }

    private Task ChoosePatternAsync(SplitPattern pattern)
    {
        _pattern = pattern;
        return LearnAsync(step: 0);
    }

    private Task ChooseTieBreakAsync(TieBreak tieBreak)
    {
        _tieBreak = tieBreak;
        return LearnAsync(step: 0);
    }

    private async Task LearnAsync(int step)
    {
        var (text, pattern, tieBreak) = (_text, _pattern, _tieBreak);
        try
        {
            var trace = await Task.Run(() => BpeTrace.Of(text, MostMerges, new TextSplit(pattern), tieBreak, _leaving.Token), _leaving.Token);
            if ((text, pattern, tieBreak) != (_text, _pattern, _tieBreak)) return; // something newer was asked for meanwhile
            (_trace, _problem, _tree) = (trace, null, null);
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            return; // the page was left
        }
        catch (ArgumentException e)
        {
            _problem = e.Message;
            return;
        }

        _merges = [.. Enumerable.Range(0, Last)];
        _compression.Clear();
        for (var merges = 0; merges <= Last && _trace.Bytes.Length > 0; merges++) _compression.Append(256 + merges, (double)_trace.Bytes.Length / _trace.TokenCount(merges));
        await GoAsync(step);
    }

    private Task GoAsync(int step)
    {
        _step = Math.Clamp(step, 0, Last);
        var tokens = _trace.Tokens(_step);
        _tokens = TokenizedText.Of([.. tokens.Select(token => token.Id)], _trace.TokenBytes);
        _marks = [.. tokens.Select((token, i) => MarkOf(token, i > 0 && tokens[i - 1].JoinsNext))];
        _pairs = _trace.Pairs(_step);
        _now.Clear();
        if (_trace.Bytes.Length > 0) _now.Append(256 + _step, (double)_trace.Bytes.Length / _trace.TokenCount(_step));
        Remember();
        return Task.CompletedTask;
    }

    private TokenMark MarkOf(TraceToken token, bool isJoined) =>
        (token.BeginsChunk ? TokenMark.BeginsChunk : TokenMark.None)
        | (token.JoinsNext || isJoined ? TokenMark.Joining : TokenMark.None)
        | (_step > 0 && token.Id == 255 + _step ? TokenMark.Fresh : TokenMark.None);

    private void Touch(int index)
    {
        if (index < _tokens.Count) _tree = _trace.Tree(_tokens.Ids[index]);
    }

    private void Remember() => Navigation.RememberInAddress(new Dictionary<string, object?>
    {
        ["text"] = AddressText.OrNull(_text, Song),
        ["split"] = _pattern == SplitPattern.Gpt2 ? null : _pattern.ToString().ToLowerInvariant(),
        ["ties"] = _tieBreak == TieBreak.LowestIds ? null : _tieBreak.ToString().ToLowerInvariant(),
        ["step"] = _step == 0 ? null : _step,
    });

    private string Name(int id) => TokenName.Of(_trace.TokenBytes(id).Span);

    private double Share(PairCount pair) => Math.Round(100.0 * pair.Count / _pairs.Max(one => one.Count));

    private static string Story(MergeTree tree) => tree.Rank is { } rank
        ? $"Token {tree.Id}, made by merge {Display.Count(rank + 1)} after {Display.Count(tree.Merges().Count - 1)} merges beneath it; {tree.Bytes.Length} bytes."
        : $"Token {tree.Id} is the byte {TokenWriting.Hexadecimal(tree.Bytes.Span)} itself: the 256 bytes are in every vocabulary, so that any text has tokens.";

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        _leaving.Dispose();
        await base.DisposeAsync();
    }
}
