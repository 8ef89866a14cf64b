using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Heat;
using TinyLM.Lab.Inspection;
using TinyLM.Model.Generation;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Components.Pages.Inspect;

/// <summary>What the model expected at each token, and what comes next under temperature and filters.</summary>
public sealed partial class NextView
{
    private const int Shown = 25;

    /// <summary>Nats from which a token is shaded fully: one in about 400.</summary>
    private const double Full = 6;

    private static readonly Dictionary<string, string> s_shades = new()
    {
        ["loss"] = "Surprise is −ln of the probability that the model gave the token: its loss there, in nats.",
        ["entropy"] = "Doubt is the entropy of what the model expected before the token, in nats: the surprise that it reckoned with.",
        ["excess"] = "How much more surprising the token was than the model reckoned with: high where it was sure and wrong.",
    };

    private static readonly string[] s_measures = ["surprise", "doubt", "surprise - doubt", "rank"];
    private static readonly string[] s_columns = ["logit", "probability", "drawn with"];

    private ElementReference _tokens;
    private ElementReference _distribution;
    private object? _asked;
    private TokenWindow _window;
    private IReadOnlyList<TokenFigures?> _figures = [];
    private IReadOnlyList<string> _names = [];
    private ActivationTable? _table;
    private float[]? _logits;
    private IReadOnlyList<Candidate> _candidates = [];
    private IReadOnlyList<string> _candidateNames = [];
    private ActivationTable? _candidateTable;

    /// <summary>What was read.</summary>
    [Parameter, EditorRequired] public required PromptReading Reading { get; set; }

    /// <summary>What is in view.</summary>
    [Parameter, EditorRequired] public required InspectState State { get; set; }

    /// <summary>Told what to show.</summary>
    [Parameter] public EventCallback<InspectState> StateChanged { get; set; }

    [Inject] private HeatDrawing Drawing { get; set; } = null!;

    private int Token => Math.Min(State.Token ?? int.MaxValue, Reading.Tokens.Count - 1);

    private int? True => Token + 1 < Reading.Tokens.Count ? Reading.Tokens[Token + 1].Id : null;

    private string Summary
    {
        get
        {
            var known = _figures.OfType<TokenFigures>().ToList();
            return known.Count == 0 ? "One token alone has nothing before it to be expected from."
                : string.Create(CultureInfo.InvariantCulture, $"Mean over {known.Count} tokens: surprise {known.Average(one => one.Loss):0.000} nats, doubt {known.Average(one => one.Entropy):0.000} nats.");
        }
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var (reading, token, window) = (Reading, Token, TokenWindow.At(State.Start, Reading.Tokens.Count));
        var asked = (reading, token, window);
        if (!Equals(asked, _asked))
        {
            _asked = asked;
            var (figures, logits) = await reading.ComputeAsync(trace => (PromptFigures.Measure(trace, window.Start, window.Count), trace.Logits(trace.Config.LayerCount, token, 1).Values));
            if (!Equals(asked, _asked)) return; // another token was asked for meanwhile
            (_figures, _logits, _window) = (figures, logits, window);
            _names = [.. Enumerable.Range(window.Start, window.Count).Select(i => $"{i} {reading.Tokens[i].Text}")];
            _table = TableOf(figures);
        }

        if (_logits is null) return;
        var settings = new SamplingSettings
        {
            Temperature = State.Temperature,
            TopK = State.TopK == 0 ? null : State.TopK,
            TopP = State.TopP == 1 ? null : State.TopP,
            MinP = State.MinP == 0 ? null : State.MinP,
        };
        _candidates = Candidate.Of(_logits, settings, Shown);
        _candidateNames = [.. _candidates.Select(one => TokenText.Of(reading.Tokenizer, one.Id))];
        _candidateTable = new ActivationTable([.. _candidates.SelectMany(one => new[] { (float)one.Logit, (float)one.Probability, (float)one.Adjusted })], _candidates.Count, 3);
    }

    private static ActivationTable TableOf(IReadOnlyList<TokenFigures?> figures)
    {
        var table = new ActivationTable(new float[4 * figures.Count], 4, figures.Count);
        for (var i = 0; i < figures.Count; i++)
        {
            (table[0][i], table[1][i], table[2][i], table[3][i]) = figures[i] is { } one
                ? ((float)one.Loss, (float)one.Entropy, (float)one.Excess, one.Rank) : (float.NaN, float.NaN, float.NaN, float.NaN);
        }

        return table;
    }

    private double ValueOf(TokenFigures one) => State.Shade switch { "entropy" => one.Entropy, "excess" => one.Excess, _ => one.Loss };

    private string? Shade(TokenFigures? figures)
    {
        if (figures is not { } one) return null;
        var value = ValueOf(one);
        var color = value < 0 ? "primary" : "secondary";
        return string.Create(CultureInfo.InvariantCulture, $"background:color-mix(in srgb,var(--mud-palette-{color}) {Math.Clamp(Math.Abs(value) / Full, 0, 1) * 70:0}%,transparent)");
    }

    private string Title(int index, TokenFigures? figures) => figures is not { } one ? $"{Reading.Tokens[index].Text} · nothing comes before it"
        : string.Create(CultureInfo.InvariantCulture, $"{Reading.Tokens[index].Text} · probability {one.Probability:0.00%}, {(one.Rank == 0 ? "the likeliest" : $"{one.Rank} likelier")} · surprise {one.Loss:0.00}, doubt {one.Entropy:0.00} nats");

    private string RowClass(Candidate one) => $"{(one.Adjusted == 0 ? "dropped" : "")} {(one.Id == True ? "true" : "")}".Trim();

    private string Mark(Candidate one) => one.Id == True ? " ✓" : "";

    private Task Change(InspectState state) => StateChanged.InvokeAsync(state);

    private Task Slide(ChangeEventArgs change, Func<double, InspectState> with) =>
        double.TryParse(change.Value?.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? Change(with(value)) : Task.CompletedTask;

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
