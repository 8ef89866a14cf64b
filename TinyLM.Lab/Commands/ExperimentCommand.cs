using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TinyLM.Lab.Components;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Library;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Sweeps;
using TinyLM.Model.Corpora;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Commands;

/// <summary><c>scaling experiment</c>: lays out small trainings for a time, and trains them.</summary>
/// <param name="dataPath">The option for the data directory.</param>
internal sealed class ExperimentCommand(Option<string?> dataPath)
{
    private readonly Option<double> _minutes = new("--minutes") { Description = "Minutes for all runs together.", HelpName = "number", DefaultValueFactory = _ => new ExperimentOrder().Minutes };

    private readonly Option<string> _layout = new("--layout") { Description = "isoflop: several sizes at each of a few computes; grid: each size on each amount of text.", HelpName = "name", DefaultValueFactory = _ => "isoflop" };

    private readonly Option<string> _corpus = new("--corpus") { Description = "Corpus of the library.", HelpName = "id", DefaultValueFactory = _ => new ExperimentOrder().Corpus };

    private readonly Option<string> _device = new("--device") { Description = "Where all of them train: auto, cpu, cuda, cuda:1, mps.", HelpName = "name", DefaultValueFactory = _ => "auto" };

    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed of weights and batches.", HelpName = "number", DefaultValueFactory = _ => 1 };

    private readonly Option<bool> _run = new("--run") { Description = "Train the runs one after the other; without it they are only laid out." };

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON." };

    /// <summary>The command under its name.</summary>
    public Command Create()
    {
        var command = new Command("experiment", "Lay out small trainings of several sizes for a time, so that a law can be fitted to them.") { _minutes, _layout, _corpus, _device, _seed, _run, _json };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var directory = LabDirectory.OfCommand(parsed.GetValue(dataPath));
        try
        {
            var (plan, source) = LayOut(parsed, directory);
            if (parsed.GetValue(_json)) await output.WriteLineAsync(JsonSerializer.Serialize(ExperimentListing.Of(plan, source), RunJson.Line));
            else await WriteAsync(output, plan, source);
            if (!parsed.GetValue(_run)) return ExitCode.Success;
            var terminal = new TerminalTraining(directory, TimeProvider.System, output, error);
            return await terminal.StartAllAsync(new SweepRuns(plan.Group, [.. plan.Runs.Select(run => run.Spec)], []), cancellationToken);
        }
        catch (Exception e) when (e is ArgumentException or InvalidSpecException or CorpusFormatException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCode.WrongInput;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCode.Failure;
        }
    }

    private (ScalingExperiment Plan, string Source) LayOut(ParseResult parsed, LabDirectory directory)
    {
        var corpus = CorpusSource.Open(directory, new DataSpec { Corpus = parsed.GetRequiredValue(_corpus) }).Info;
        var order = new ExperimentOrder
        {
            Kind = parsed.GetRequiredValue(_layout) switch
            {
                "isoflop" => ExperimentKind.IsoFlop,
                "grid" => ExperimentKind.Grid,
                var other => throw new ArgumentException($"There is no layout '{other}'; expected isoflop or grid."),
            },
            Minutes = parsed.GetValue(_minutes),
            Corpus = corpus.Id,
            TextBytes = corpus.Kind == CorpusKind.Stories ? null : corpus.ByteCount,
            Device = parsed.GetRequiredValue(_device),
            Seed = parsed.GetValue(_seed),
        };
        if (order.Validate() is [_, ..] problems) throw new ArgumentException(string.Join(' ', problems)); // before a device is measured
        var report = TorchDevices.Describe();
        if (report.Problem is { } problem) throw new InvalidOperationException(problem);
        var store = new RunStore(directory, TimeProvider.System);
        List<RunSummary> earlier = [.. store.List().Select(run => new RunFeed(RunStore.Read(run), TimeProvider.System).Summary)];
        var estimator = new RunEstimator(() => earlier, id => RunStore.Read(store.Find(id)!).Spec, () => report);
        var plan = ScalingExperiment.LayOut(order, spec => estimator.Estimate(spec).Time)
            ?? throw new InvalidOperationException($"There is no speed of the device '{order.Device}' to reckon with; 'train --devices' lists what there is.");
        return (plan, estimator.Estimate(plan.Runs[^1].Spec).TimeSource!);
    }

    private static async Task WriteAsync(TextWriter output, ScalingExperiment plan, string source)
    {
        await output.WriteLineAsync($"{plan.Group.Name}: {plan.Runs.Count} runs, {Display.Duration(plan.Time)} in all, estimated {source}.");
        await output.WriteLineAsync("parameters     tokens  operations   steps   rate       time");
        foreach (var run in plan.Runs)
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Display.Amount(run.Place.Parameters),10} {Display.Amount(run.Place.Tokens),10} {Display.Power(run.Place.Compute),11} {run.Spec.Training.Steps,7} {Display.Rate(run.Spec.Training.LearningRate),6} {Display.Duration(run.Time),10}"));
    }
}
