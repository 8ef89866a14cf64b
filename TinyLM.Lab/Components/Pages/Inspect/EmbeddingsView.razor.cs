using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Heat;
using TinyLM.Lab.Inspection;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Components.Pages.Inspect;

/// <summary>The embedding table as a map, who lies near whom, sums of tokens, and the positions.</summary>
public sealed partial class EmbeddingsView
{
    private const int Shown = 12;

    /// <summary>Points that a browser draws while one blinks, and those that it draws without stuttering when asked for.</summary>
    private const int FewPoints = 600, MostPoints = 4096;

    private static readonly string[] s_axes = ["first component", "second component"];

    private static readonly string[] s_cosine = ["cosine"];

    private ElementReference _near;
    private ElementReference _sum;
    private PointMap? _chart;
    private HeatmapChart? _similarity;
    private PromptReading? _read;
    private object? _asked;
    private EmbeddingPicture? _picture;
    private int _most = FewPoints;
    private bool _isMapDrawn; // the plot of positions, further down, waits for it
    private HashSet<int> _marked = [];
    private IReadOnlyList<MapPoint> _points = [];
    private (string X, string Y) _axes;
    private string[] _tokenNames = [];
    private string[] _positionNames = [];
    private HeatmapNames _similarityNames = null!;
    private IReadOnlyList<(int Token, string Name, double Cosine)> _neighbours = [];
    private IReadOnlyList<(int Token, string Name, double Cosine)> _sums = [];
    private IReadOnlyList<string> _sumNotices = [];
    private string? _notice;
    private string _wordName = "";

    /// <summary>What was read.</summary>
    [Parameter, EditorRequired] public required PromptReading Reading { get; set; }

    /// <summary>What is in view.</summary>
    [Parameter, EditorRequired] public required InspectState State { get; set; }

    /// <summary>Told what to show.</summary>
    [Parameter] public EventCallback<InspectState> StateChanged { get; set; }

    [Inject] private HeatDrawing Drawing { get; set; } = null!;

    private string Left => _points.Count < Reading.Config.VocabularySize ? $"Of {Display.Count(Reading.Config.VocabularySize)} tokens, {Display.Count(_points.Count)} are drawn." : "";

    private bool MayDrawMore => _most == FewPoints && Reading.Config.VocabularySize > FewPoints;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var reading = Reading;
        var asked = (reading, State.Word, State.Sum);
        if (Equals(asked, _asked)) return;
        _asked = asked;
        var (word, notice) = State.Word is { } typed ? TokenSum.Find(reading.Tokenizer, typed) : (reading.Tokens[^1].Id, null);
        var sum = TokenSum.Parse(reading.Tokenizer, State.Sum ?? "");
        var picture = reading == _read ? _picture : null;
        picture ??= await reading.ComputeAsync(EmbeddingPicture.Of);
        var (near, sums) = await reading.ComputeAsync(trace => (Near(trace, word), Sums(trace, sum)));
        if (!Equals(asked, _asked)) return; // something else was asked for meanwhile
        if (reading != _read) Name(reading, picture);
        (_read, _picture, _notice, _sumNotices) = (reading, picture, notice, sum.Notices);
        _wordName = word is { } one ? TokenText.Of(reading.Tokenizer, one) : Display.None;
        (_neighbours, _sums) = (Named(near), Named(sums));
        _marked = [.. near.Select(one => one.Token), .. sums.Take(3).Select(one => one.Token), .. sum.Terms.Select(term => term.Token), .. word is { } chosen ? (int[])[chosen] : []];
        Draw(picture);

        IReadOnlyList<(int, string, double)> Named(IReadOnlyList<(int Token, double Cosine)> tokens) => [.. tokens.Select(token => (token.Token, TokenText.Of(reading.Tokenizer, token.Token), token.Cosine))];
    }

    private static IReadOnlyList<(int Token, double Cosine)> Near(ForwardTrace trace, int? token)
    {
        if (token is not { } one) return [];
        var space = new EmbeddingSpace(trace.Model);
        return space.Nearest(space[one], Shown, except: one);
    }

    private static IReadOnlyList<(int Token, double Cosine)> Sums(ForwardTrace trace, TokenSum sum)
    {
        if (sum.Terms.Count == 0) return [];
        var space = new EmbeddingSpace(trace.Model);
        return space.Nearest(space.Combine(sum.Terms.Select(term => (term.Token, (double)term.Factor))), Shown, [.. sum.Terms.Select(term => term.Token)]);
    }

    private void Name(PromptReading reading, EmbeddingPicture picture)
    {
        _tokenNames = [.. Enumerable.Range(0, reading.Config.VocabularySize).Select(id => TokenText.Of(reading.Tokenizer, id))];
        var positions = (picture.Positions ?? picture.Angles)!.Rows;
        _positionNames = [.. Enumerable.Range(0, positions).Select(position => position.ToString(CultureInfo.InvariantCulture))];
        _similarityNames = new HeatmapNames(_positionNames, _positionNames, "position", "position", "%{y} and %{x}<br>%{z:.3f}");
        _axes = (Axis("first component", 0), Axis("second component", 1));

        string Axis(string name, int index) => index >= picture.Map.Variances.Count ? name
            : string.Create(CultureInfo.InvariantCulture, $"{name} ({picture.Map.Variances[index] / picture.Map.TotalVariance:0.0%} of the spread)");
    }

    private void DrawMore(EmbeddingPicture picture)
    {
        _most = MostPoints;
        Draw(picture);
    }

    private void Draw(EmbeddingPicture picture)
    {
        var coordinates = picture.Map.Coordinates;
        var stride = Math.Max(1, (int)Math.Ceiling(coordinates.Rows / (double)_most));
        _points = [.. Enumerable.Range(0, coordinates.Rows).Where(id => id % stride == 0 || _marked.Contains(id))
            .Select(id => new MapPoint(_tokenNames[id], coordinates[id][0], coordinates.Columns > 1 ? coordinates[id][1] : 0, _marked.Contains(id), id))];
    }

    /// <summary>The neighbours of a word or a sum, as a table of one column.</summary>
    private static ActivationTable TableOf(IReadOnlyList<(int Token, string Name, double Cosine)> tokens) => new([.. tokens.Select(one => (float)one.Cosine)], tokens.Count, 1);

    private Task ChooseToken(int token) => Change(State with { Word = TokenSum.NameOf(Reading.Tokenizer, token) });

    private Task Change(InspectState state) => StateChanged.InvokeAsync(state);

    private static string Percent(double cosine) => (Math.Clamp(cosine, 0, 1) * 100).ToString("0.#", CultureInfo.InvariantCulture) + "%";
}
