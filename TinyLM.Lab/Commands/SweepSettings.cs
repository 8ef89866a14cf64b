using System.CommandLine;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Sweeps;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Commands;

/// <summary>The options of <c>train</c> that make several runs of one.</summary>
internal sealed class SweepSettings
{
    private readonly Option<string[]> _sweep = new("--sweep")
    {
        Description = "Train a run for each value of a setting, as learningRate=1e-3,2e-3 or layers=1..8:4; a range with ':log' has equal ratios. Given several times: every combination.",
        HelpName = "setting=values",
    };

    private readonly Option<int?> _random = new("--random") { Description = "With --sweep: draw so many combinations at random instead.", HelpName = "number" };

    private readonly Option<int> _limit = new("--limit") { Description = "With --sweep: most runs that a grid may have.", HelpName = "number", DefaultValueFactory = _ => Sweep.UsualLimit };

    private readonly Option<string?> _group = new("--group") { Description = "With --sweep: what to call the group.", HelpName = "text" };

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_sweep, _random, _limit, _group]) command.Options.Add(option);
    }

    /// <summary>The runs of the sweep; null where none was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="spec">The settings that all have.</param>
    /// <exception cref="InvalidSpecException">The sweep makes no sense; in words.</exception>
    public SweepRuns? Read(ParseResult parsed, RunSpec spec)
    {
        if (parsed.GetValue(_sweep) is not { Length: > 0 } axes)
            return parsed.GetValue(_random) is null && parsed.GetValue(_group) is null ? null : throw new InvalidSpecException(["--random and --group belong to a sweep: give --sweep setting=values too."]);
        return new Sweep
        {
            Base = spec,
            Axes = [.. axes.Select(SweepAxis.Parse)],
            IsRandom = parsed.GetValue(_random) is not null,
            Limit = parsed.GetValue(_random) ?? parsed.GetValue(_limit),
            Seed = spec.Training.Seed,
            Name = parsed.GetValue(_group) ?? "",
        }.Make();
    }
}
