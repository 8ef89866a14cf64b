using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using Plotly.Blazor;
using Plotly.Blazor.Interop;
using Plotly.Blazor.Traces;

namespace TinyLM.Lab.Components.Charts;

/// <summary>
/// Curves that grow while they are looked at. New points are sent alone; the whole chart is sent again, thinned to the
/// screen, when it has become too many points, when a person zooms, and when anything but the points has changed.
/// </summary>
public sealed partial class CurveChart
{
    /// <summary>Points of one curve that the browser holds at most; a redraw of more costs it more than a frame.</summary>
    private const int MaxPoints = 2000;

    /// <summary>Points of all curves, about, that are drawn at once.</summary>
    private const int MostPointsInAll = 12_000;

    /// <summary>Points of a curve that are drawn however many curves there are.</summary>
    private const int FewestPoints = 200;

    /// <summary>Size of a saved picture, in points.</summary>
    private const uint PictureWidth = 1200, PictureHeight = 640;

    private readonly Config _config = ChartTheme.Config();
    private readonly IList<ITrace> _data = [];
    private Plotly.Blazor.Layout _layout = new();
    private PlotlyChart? _chart;
    private bool _isRendered;
    private bool _isPlotted;
    private bool _isPlotLost;
    private bool _hearsZoom;
    private int _wanted = 1, _shown; // what should be seen, counted up at each change, and what the browser has of it
    private ZoomWindow? _ownWindow;
    private Drawn[] _drawn = [];
    private object? _look;

    /// <summary>Id of the plot's element.</summary>
    [Parameter, EditorRequired] public required string Id { get; set; }

    /// <summary>What the chart shows, for those who do not see it.</summary>
    [Parameter, EditorRequired] public required string Label { get; set; }

    /// <summary>The curves, drawn in this order.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<CurveSeries> Series { get; set; }

    /// <summary>Unit, scale and size.</summary>
    [Parameter, EditorRequired] public required CurveChartLook Look { get; set; }

    /// <summary>Dashed lines across.</summary>
    [Parameter] public IReadOnlyList<CurveLevel> Levels { get; set; } = [];

    /// <summary>What is in sight; null: all. Counts only where <see cref="WindowChanged"/> is heard.</summary>
    [Parameter] public ZoomWindow? Window { get; set; }

    /// <summary>Told what a person zoomed into; where nobody hears it the chart remembers by itself.</summary>
    [Parameter] public EventCallback<ZoomWindow?> WindowChanged { get; set; }

    [Inject] private IJSRuntime JS { get; set; } = null!;

    [CascadingParameter] private Palette Palette { get; set; } = null!;

    private ZoomWindow? InSight => WindowChanged.HasDelegate ? Window : _ownWindow;

    /// <summary>Points of one curve that are drawn: many curves get fewer each.</summary>
    private int Budget => Math.Clamp(MostPointsInAll / Math.Max(1, Series.Count), FewestPoints, MaxPoints / 2);

    /// <summary>Forgets what the browser has, so that the next draw sends everything.</summary>
    public void Invalidate()
    {
        _wanted++;
        _isPlotLost = !_isPlotted;
    }

    /// <summary>Sends what is new.</summary>
    /// <param name="cancellationToken">Cancelled when the browser goes away; then all is sent again at the next draw.</param>
    public async Task DrawAsync(CancellationToken cancellationToken)
    {
        if (_chart is null || !_isPlotted && !_isPlotLost) return; // the plot draws itself when it is first rendered
        if (_isPlotLost)
        {
            await _chart.NewPlot(cancellationToken).WaitAsync(cancellationToken);
            (_isPlotted, _isPlotLost) = (true, false);
        }

        if (!_hearsZoom)
        {
            await _chart.SubscribeRelayoutEvent(cancellationToken).WaitAsync(cancellationToken);
            _hearsZoom = true;
        }

        if (MustRedraw())
        {
            var wanted = Begin();
            Rebuild();
            StateHasChanged(); // hands the plot its new layout, at once
            await _chart.React(cancellationToken).WaitAsync(cancellationToken);
            ForgetPoints();
            _shown = wanted;
        }
        else if (HasNewPoints())
        {
            var wanted = Begin();
            await ExtendAsync(_chart, cancellationToken);
            ForgetPoints();
            _shown = wanted;
        }

        // Until the browser has it, and if it never gets it, the next draw sends everything; so it does after a change meanwhile.
        int Begin()
        {
            _shown = 0;
            return _wanted;
        }
    }

    /// <summary>Lets the browser save the picture of what is in sight.</summary>
    /// <param name="format">Points or lines.</param>
    /// <param name="name">Name of the file, without its ending.</param>
    public async Task SaveAsync(PictureFormat format, string name)
    {
        if (!_isPlotted) return;
        var picture = new { format = format.ToString().ToLowerInvariant(), width = PictureWidth, height = PictureHeight, filename = name };
        await JS.InvokeVoidAsync("Plotly.downloadImage", Id, picture); // the component's own way knows no SVG
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var look = (Palette, Look, string.Join(' ', Levels), Series.Count, Window, string.Join(' ', Series.Select(series => $"{series.Name} {series.Color} {series.IsPinned}")));
        if (Equals(look, _look)) return;
        _look = look;
        _wanted++;
        if (_isPlotted) return;
        Rebuild(); // what the plot begins with
        if (!_isRendered) _shown = _wanted; // once rendered the browser may be at work on what stood before
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender) => _isRendered = true;

    private bool MustRedraw()
    {
        if (_shown != _wanted || _drawn.Length != Series.Count || Look.ExcludesOutliers && HasNewPoints()) return true;
        for (var i = 0; i < _drawn.Length; i++)
        {
            var curve = Series[i].Curve;
            if (!ReferenceEquals(curve, _drawn[i].Curve) || curve.Version != _drawn[i].Version || _drawn[i].Shown + curve.Count - _drawn[i].Read > MaxPoints) return true;
        }

        return false;
    }

    private bool HasNewPoints() => Series.Where((series, i) => series.Curve.Count > _drawn[i].Read).Any();

    private void Rebuild()
    {
        var heights = new List<double>();
        _data.Clear();
        _drawn = new Drawn[Series.Count];
        for (var i = 0; i < Series.Count; i++)
        {
            var curve = Series[i].Curve;
            var points = InSight is { } window
                ? CurveReducer.Reduce(curve.Points, Budget, window.From, window.To, Look.IsXLogarithmic)
                : CurveReducer.Reduce(curve.Points, Budget, Look.IsXLogarithmic);
            var line = ChartTheme.Line(Palette, Series[i]);
            line.X = Places(CollectionsMarshal.AsSpan(points));
            line.Y = Values(CollectionsMarshal.AsSpan(points), Series[i]);
            _data.Add(line);
            if (Look.ExcludesOutliers) heights.AddRange(InSightOf(points).Select(point => Series[i].Convert(point.Value)));
            _drawn[i] = new Drawn(curve, curve.Version, curve.Count, points.Count);
        }

        foreach (var level in Levels)
        {
            var dashed = ChartTheme.Dashed(Palette, level);
            dashed.X = [FirstPlace(), LastPlace()];
            dashed.Y = [level.Value, level.Value];
            _data.Add(dashed);
            if (Look.ExcludesOutliers) heights.Add(level.Value);
        }

        _layout = ChartTheme.Layout(Palette, Look, InSight, Look.ExcludesOutliers ? OutlierRange.Of(heights) : null);
    }

    private IEnumerable<CurvePoint> InSightOf(IEnumerable<CurvePoint> points) =>
        InSight is { } window ? points.Where(point => point.X >= window.From && point.X <= window.To) : points;

    private async Task ExtendAsync(PlotlyChart chart, CancellationToken cancellationToken)
    {
        var indices = new List<int>();
        var places = new List<IEnumerable<object?>>();
        var values = new List<IEnumerable<object?>>();
        for (var i = 0; i < Series.Count; i++)
        {
            var curve = Series[i].Curve;
            var fresh = curve.Points[_drawn[i].Read..];
            if (fresh.IsEmpty) continue;
            indices.Add(i);
            places.Add(Places(fresh));
            values.Add(Values(fresh, Series[i]));
            _drawn[i] = new Drawn(curve, curve.Version, curve.Count, _drawn[i].Shown + fresh.Length);
        }

        foreach (var (i, level) in Levels.Index())
        {
            indices.Add(Series.Count + i);
            places.Add([LastPlace()]);
            values.Add([level.Value]);
        }

        await chart.ExtendTraces(places!, values!, indices, cancellationToken: cancellationToken).WaitAsync(cancellationToken);
    }

    private void Plotted()
    {
        _isPlotted = true;
        ForgetPoints();
    }

    /// <summary>The browser has the points; the plot would keep them here too, boxed, and whatever is added to them.</summary>
    private void ForgetPoints()
    {
        foreach (var line in _data.Cast<Scatter>()) (line.X, line.Y) = ([], []);
    }

    private void Zoom(RelayoutEventData change)
    {
        if (!ZoomWindow.TryRead(change.RawData, Look, InSight, out var window) || window == InSight) return;
        _ownWindow = window;
        _wanted++;
        if (WindowChanged.HasDelegate) _ = InvokeAsync(() => WindowChanged.InvokeAsync(window));
    }

    /// <summary>Where dashed lines begin: at 0, or where a logarithmic axis has its first point.</summary>
    private double FirstPlace()
    {
        if (!Look.IsXLogarithmic) return 0;
        var first = Series.Where(series => series.Curve.Count > 0).Select(series => series.Curve.Points[0].X).DefaultIfEmpty(1).Min();
        return Math.Max(first, 1e-9);
    }

    private double LastPlace() => Series.Max(series => series.Curve.Points is [.., var last] ? last.X : 0);

    private static List<object?> Places(ReadOnlySpan<CurvePoint> points)
    {
        var places = new List<object?>(points.Length);
        foreach (var point in points) places.Add(point.X);
        return places;
    }

    /// <summary>Values as the browser gets them; JSON has no "not a number", so a gap is null.</summary>
    private static List<object?> Values(ReadOnlySpan<CurvePoint> points, CurveSeries series)
    {
        var values = new List<object?>(points.Length);
        foreach (var point in points) values.Add(series.Convert(point.Value) is var value && double.IsFinite(value) ? Math.Round(value, 9) : null);
        return values;
    }

    /// <summary>How much of a curve the browser has.</summary>
    /// <param name="Curve">The curve.</param>
    /// <param name="Version">Its version then.</param>
    /// <param name="Read">Points of the curve that it stands for.</param>
    /// <param name="Shown">Points that it holds.</param>
    private readonly record struct Drawn(Curve Curve, int Version, int Read, int Shown);
}
