using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Commands;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Sweeps;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.NewRun;

/// <summary>Lists or ranges of settings that make a group of runs, and what comes of them.</summary>
public sealed partial class SweepCard
{
    private const int Shown = 8;

    private static readonly IReadOnlyList<IGrouping<string, string>> s_settings =
        [.. SpecValues.Of(new RunSpec()).Select(value => value.Path).Where(path => path.Contains('.', StringComparison.Ordinal)).GroupBy(path => path[..path.IndexOf('.', StringComparison.Ordinal)])];

    private readonly List<Row> _rows = [];
    private RunSpec? _base;
    private SweepRuns? _made;
    private string? _problem;
    private string _name = "", _command = "";
    private bool _isRandom;
    private int _limit = Sweep.UsualLimit;

    /// <summary>The settings that all runs have.</summary>
    [Parameter, EditorRequired] public required RunSpec Spec { get; set; }

    /// <summary>Told what the sweep makes; null where it makes nothing, or not yet.</summary>
    [Parameter] public EventCallback<SweepRuns?> Made { get; set; }

    /// <summary>Told whether there is a sweep, be it sound or not.</summary>
    [Parameter] public EventCallback<bool> IsSweepChanged { get; set; }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Spec == _base) return;
        _base = Spec;
        if (_rows.Count > 0) await MakeAsync();
    }

    private async Task Add()
    {
        string[] usual = ["training.learningRate", "model.layerCount", "training.batchSize", "training.seed"];
        var next = usual.FirstOrDefault(path => _rows.All(row => row.Setting != path)) ?? "training.weightDecay";
        _rows.Add(new Row { Setting = next });
        await IsSweepChanged.InvokeAsync(true);
        await MakeAsync();
    }

    private async Task Remove(Row row)
    {
        _rows.Remove(row);
        await IsSweepChanged.InvokeAsync(_rows.Count > 0);
        await MakeAsync();
    }

    private Task Set(Row row, string setting, string? values)
    {
        (row.Setting, row.Values) = (setting, values ?? "");
        return MakeAsync();
    }

    private Task SetRandom(bool isRandom)
    {
        _isRandom = isRandom;
        return MakeAsync();
    }

    private Task SetLimit(int limit)
    {
        _limit = limit;
        return MakeAsync();
    }

    private Task SetName(string? name)
    {
        _name = name ?? "";
        return MakeAsync();
    }

    private string Now(Row row) => SpecValues.Of(Spec).FirstOrDefault(value => value.Path == row.Setting)?.Text ?? Display.None;

    private async Task MakeAsync()
    {
        (_made, _problem) = (null, null);
        var axes = _rows.Select(Read).OfType<SweepAxis>().ToList();
        if (axes.Count == _rows.Count && axes.Count > 0)
        {
            try
            {
                var sweep = new Sweep { Base = Spec, Axes = axes, IsRandom = _isRandom, Limit = _limit, Seed = Spec.Training.Seed, Name = _name };
                (_made, _command) = (sweep.Make(), EquivalentCommand.For(sweep));
            }
            catch (InvalidSpecException e)
            {
                _problem = e.Message;
            }
        }

        await Made.InvokeAsync(_made);
    }

    private static SweepAxis? Read(Row row)
    {
        row.Problem = null;
        if (string.IsNullOrWhiteSpace(row.Values)) return null;
        try
        {
            return SweepAxis.Parse(row.Setting, row.Values);
        }
        catch (InvalidSpecException e)
        {
            row.Problem = e.Message;
            return null;
        }
    }

    /// <summary>A setting as it stands in the form.</summary>
    private sealed class Row
    {
        public required string Setting { get; set; }

        public string Values { get; set; } = "";

        public string? Problem { get; set; }

        public string Name => Setting[(Setting.LastIndexOf('.') + 1)..];
    }
}
