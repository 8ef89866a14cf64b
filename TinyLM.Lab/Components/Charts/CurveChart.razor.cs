using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Components;
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

    private readonly Config _config = ChartTheme.Config();
    private readonly IList<ITrace> _data = [];
    private Plotly.Blazor.Layout _layout = new();
    private PlotlyChart? _chart;
    private bool _isPlotted;
    private bool _isPlotLost;
    private bool _hearsZoom;
    private bool _isStale = true;
    private ZoomWindow? _window;
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

    /// <summary>A dashed line across, if any.</summary>
    [Parameter] public CurveLevel? Level { get; set; }

    [CascadingParameter] private Palette Palette { get; set; } = null!;

    /// <summary>Forgets what the browser has, so that the next draw sends everything.</summary>
    public void Invalidate()
    {
        _isStale = true;
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
            _isStale = true; // until the browser has it
            Rebuild();
            StateHasChanged(); // hands the plot its new layout, at once
            await _chart.React(cancellationToken).WaitAsync(cancellationToken);
            _isStale = false;
        }
        else if (Series.Where((series, i) => series.Curve.Count > _drawn[i].Read).Any())
        {
            _isStale = true;
            await ExtendAsync(_chart, cancellationToken);
            _isStale = false;
        }
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var look = (Palette, Look, Level, Series.Count);
        if (Equals(look, _look)) return;
        _look = look;
        _isStale = true;
        if (_isPlotted) return;
        Rebuild(); // what the plot begins with
        _isStale = false;
    }

    private bool MustRedraw()
    {
        if (_isStale || _drawn.Length != Series.Count) return true;
        for (var i = 0; i < _drawn.Length; i++)
        {
            var curve = Series[i].Curve;
            if (curve.Version != _drawn[i].Version || _drawn[i].Shown + curve.Count - _drawn[i].Read > MaxPoints) return true;
        }

        return false;
    }

    private void Rebuild()
    {
        _layout = ChartTheme.Layout(Palette, Look);
        _data.Clear();
        _drawn = new Drawn[Series.Count];
        for (var i = 0; i < Series.Count; i++)
        {
            var curve = Series[i].Curve;
            var points = _window is { } window ? CurveReducer.Reduce(curve.Points, MaxPoints / 2, window.From, window.To) : CurveReducer.Reduce(curve.Points, MaxPoints / 2);
            var line = ChartTheme.Line(Palette, Series[i]);
            line.X = Steps(CollectionsMarshal.AsSpan(points));
            line.Y = Values(CollectionsMarshal.AsSpan(points));
            _data.Add(line);
            _drawn[i] = new Drawn(curve.Version, curve.Count, points.Count);
        }

        if (Level is null) return;
        var dashed = ChartTheme.Dashed(Palette, Level);
        dashed.X = [0, LastStep()];
        dashed.Y = [Level.Value * Look.Scale, Level.Value * Look.Scale];
        _data.Add(dashed);
    }

    private async Task ExtendAsync(PlotlyChart chart, CancellationToken cancellationToken)
    {
        var indices = new List<int>();
        var steps = new List<IEnumerable<object?>>();
        var values = new List<IEnumerable<object?>>();
        for (var i = 0; i < Series.Count; i++)
        {
            var curve = Series[i].Curve;
            var fresh = curve.Points[_drawn[i].Read..];
            if (fresh.IsEmpty) continue;
            indices.Add(i);
            steps.Add(Steps(fresh));
            values.Add(Values(fresh));
            _drawn[i] = new Drawn(curve.Version, curve.Count, _drawn[i].Shown + fresh.Length);
        }

        if (Level is not null)
        {
            indices.Add(Series.Count);
            steps.Add([LastStep()]);
            values.Add([Level.Value * Look.Scale]);
        }

        await chart.ExtendTraces(steps!, values!, indices, cancellationToken: cancellationToken).WaitAsync(cancellationToken);
    }

    private void Zoom(RelayoutEventData change)
    {
        if (!ZoomWindow.TryRead(change.RawData, out var window) || window == _window) return;
        _window = window;
        _isStale = true;
    }

    private int LastStep() => Series.Max(series => series.Curve.Count == 0 ? 0 : series.Curve.Points[^1].Step);

    private static List<object?> Steps(ReadOnlySpan<CurvePoint> points)
    {
        var steps = new List<object?>(points.Length);
        foreach (var point in points) steps.Add(point.Step);
        return steps;
    }

    /// <summary>Values as the browser gets them; JSON has no "not a number", so a gap is null.</summary>
    private List<object?> Values(ReadOnlySpan<CurvePoint> points)
    {
        var values = new List<object?>(points.Length);
        foreach (var point in points) values.Add(float.IsFinite(point.Value) ? Math.Round(point.Value * Look.Scale, 9) : null);
        return values;
    }

    /// <summary>How much of a curve the browser has.</summary>
    /// <param name="Version">The curve's version then.</param>
    /// <param name="Read">Points of the curve that it stands for.</param>
    /// <param name="Shown">Points that it holds.</param>
    private readonly record struct Drawn(int Version, int Read, int Shown);
}
