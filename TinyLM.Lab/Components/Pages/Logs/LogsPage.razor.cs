using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Runs.Logs;
using TinyLM.Lab.Security;

namespace TinyLM.Lab.Components.Pages.Logs;

/// <summary>A TensorBoard log directory in the lab's charts: read, followed while it is written, and left as it is.</summary>
public sealed partial class LogsPage : LiveComponent
{
    private const string PathName = "path", TagName = "tag";
    private const int ChartsAtOnce = 12;

    private static readonly HorizontalAxis[] s_axes = [HorizontalAxis.Steps, HorizontalAxis.Time];

    private TensorBoardDirectory? _directory;
    private IReadOnlyList<TagChart> _charts = [];
    private (string? Path, HorizontalAxis Axis, double Smoothing, string? Tag, int TagCount)? _drawn;
    private ChartSettings _settings = new();
    private CurveChartLook _look = new() { Unit = "value" };
    private string? _problem;
    private string _path = "";
    private int _shown = ChartsAtOnce;

    /// <summary>The directory.</summary>
    [SupplyParameterFromQuery(Name = PathName)] public string? LogPath { get; set; }

    /// <summary>A part of the names of tags that are shown.</summary>
    [SupplyParameterFromQuery(Name = TagName)] public string? Tag { get; set; }

    /// <summary>What curves are drawn over, as <see cref="ChartSettings"/> reads it.</summary>
    [SupplyParameterFromQuery] public string? X { get; set; }

    /// <summary>Scale of the horizontal axis.</summary>
    [SupplyParameterFromQuery] public string? XScale { get; set; }

    /// <summary>Scale of the axis of values.</summary>
    [SupplyParameterFromQuery] public string? Axis { get; set; }

    /// <summary>Weight of the past in smoothed curves.</summary>
    [SupplyParameterFromQuery] public string? Smooth { get; set; }

    /// <summary>Whether outliers are left out.</summary>
    [SupplyParameterFromQuery] public string? Outliers { get; set; }

    /// <summary>What is in sight.</summary>
    [SupplyParameterFromQuery] public string? Zoom { get; set; }

    [Inject] private ILogDirectories Logs { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromSeconds(2);

    private IEnumerable<CurveChart> Views => _charts.Take(_shown).Select(chart => chart.View).OfType<CurveChart>();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _settings = ChartSettings.Parse(X, XScale, Axis, unit: null, Smooth, Outliers, Zoom);
        _settings = _settings with { Axis = s_axes.Contains(_settings.Axis) ? _settings.Axis : HorizontalAxis.Steps };
        _look = new CurveChartLook { Unit = "value", Format = ".4~g", IsLogarithmic = _settings.IsYLogarithmic, ExcludesOutliers = _settings.ExcludesOutliers, HasLegend = false }.Over(_settings);
        if (LogPath != _directory?.Path) await ReadDirectoryAsync(LogPath);
        Follow();
    }

    /// <inheritdoc/>
    protected override async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_directory is not { } directory) return;
        var (points, version) = (Points(directory), Versions(directory));
        try
        {
            await Task.Run(directory.Read, cancellationToken);
        }
        catch (IOException e)
        {
            _problem = $"The directory cannot be read just now: {e.Message}";
            StateHasChanged();
            return;
        }

        if (directory != _directory) return; // another was opened meanwhile
        if (points != Points(directory) || version != Versions(directory))
        {
            Follow();
            StateHasChanged();
        }

        foreach (var view in Views.ToList()) await view.DrawAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override void OnReconnected()
    {
        foreach (var view in Views) view.Invalidate();
    }

    private async Task ReadDirectoryAsync(string? path)
    {
        (_directory, _charts, _drawn, _problem, _path) = (null, [], null, null, path ?? "");
        if (string.IsNullOrWhiteSpace(path)) return;
        try
        {
            var opened = await Task.Run(() =>
            {
                var directory = Logs.Open(path);
                directory.Read();
                return directory;
            });
            if (LogPath == path) _directory = opened;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotAllowedException)
        {
            _problem = e.Message;
        }
    }

    /// <summary>Makes the charts anew where other tags, another axis or another smoothing are to be shown, and takes in what is new.</summary>
    private void Follow()
    {
        if (_directory is not { } directory) return;
        var tags = directory.Runs.SelectMany(run => run.Tags).Distinct(StringComparer.Ordinal).Where(tag => string.IsNullOrEmpty(Tag) || tag.Contains(Tag, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToList();
        var drawn = (directory.Path, _settings.Axis, _settings.Smoothing, Tag, directory.Runs.Sum(run => run.Tags.Count()));
        if (drawn != _drawn)
        {
            _drawn = drawn;
            _charts = [.. tags.Select((tag, i) => new TagChart(tag, string.Create(CultureInfo.InvariantCulture, $"log-chart-{i}"), directory.Runs, _settings))];
        }

        foreach (var chart in _charts) chart.Read();
    }

    /// <summary>The absolute path goes into the address, so that a link means the same directory whoever started the lab.</summary>
    private async Task OpenAsync()
    {
        try
        {
            var directory = await Task.Run(() => Logs.Open(_path));
            Navigate(PathName, directory.Path);
        }
        catch (Exception e) when (e is InvalidDataException or NotAllowedException)
        {
            _problem = e.Message;
        }
    }

    private void ZoomTo(ZoomWindow? window) => Choose(_settings with { Zoom = window is { } seen ? seen with { Heights = null } : null });

    private void Choose(ChartSettings settings) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(settings.ToQuery()), replace: true);

    private void Navigate(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, string.IsNullOrEmpty(value) ? null : value), replace: true);

    private static long Points(TensorBoardDirectory directory) => directory.Runs.Sum(run => (long)run.PointCount);

    private static int Versions(TensorBoardDirectory directory) => directory.Runs.Sum(run => run.Version);

    /// <summary>The chart of a tag: a line a run, beneath it the values themselves where it is smoothed.</summary>
    private sealed class TagChart
    {
        private readonly List<LogCurves> _curves = [];

        public TagChart(string tag, string id, IReadOnlyList<TensorBoardRun> runs, ChartSettings settings)
        {
            (Tag, Id) = (tag, id);
            var series = new List<CurveSeries>();
            foreach (var (i, run) in runs.Index())
            {
                if (run.Points(tag).Count == 0) continue;
                var curves = new LogCurves(run, tag, settings.Axis, settings.Smoothing);
                _curves.Add(curves);
                if (settings.Smoothing > 0) series.Add(new CurveSeries(run.Name + ", each value", curves.Values, CurveStyle.Faint) { Color = i });
                series.Add(new CurveSeries(run.Name, curves.Smoothed, CurveStyle.Main) { Color = i });
            }
            Series = series;
        }

        public string Tag { get; }

        public string Id { get; }

        public IReadOnlyList<CurveSeries> Series { get; }

        public CurveChart? View { get; set; }

        public void Read()
        {
            foreach (var curves in _curves) curves.Read();
        }
    }
}
