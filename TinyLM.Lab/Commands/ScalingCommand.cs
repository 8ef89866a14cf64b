using System.CommandLine;
using System.Text.Json;
using TinyLM.Lab.Components;
using TinyLM.Model.Runs;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Commands;

/// <summary><c>scaling</c>: the calculator of scaling laws, an experiment, and the fit of one's own.</summary>
/// <param name="dataPath">The option for the data directory.</param>
internal sealed class ScalingCommand(Option<string?> dataPath)
{
    private readonly Option<string?> _parameters = new("--parameters", "-n") { Description = "Parameters of the model, such as 124M or 7e9.", HelpName = "number" };

    private readonly Option<string?> _tokens = new("--tokens", "-d") { Description = "Tokens that it learns from, such as 2.5B.", HelpName = "number" };

    private readonly Option<string?> _compute = new("--compute", "-c") { Description = "Floating-point operations of the training, such as 1e20.", HelpName = "number" };

    private readonly Option<string?> _loss = new("--loss", "-l") { Description = "Loss, in nats per token.", HelpName = "number" };

    private readonly Option<string> _law = new("--law")
    {
        Description = $"The law for the loss: {string.Join(", ", ScalingFits.Laws.Select(fit => fit.Id))}.",
        HelpName = "name",
        DefaultValueFactory = _ => ScalingFits.Epoch.Id,
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON." };

    private readonly Argument<FileInfo> _points = new("points") { Description = "CSV whose first line names its columns: parameters, tokens or compute, loss." };

    private readonly Option<int> _resamplings = new("--resamplings") { Description = "How often points are drawn again for the ranges.", HelpName = "count", DefaultValueFactory = _ => LawFitting.Resamplings };

    private readonly Option<int> _dropHighest = new("--drop-highest") { Description = "Leave out so many points of the highest loss.", HelpName = "count" };

    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed of the draws.", HelpName = "number", DefaultValueFactory = _ => 1 };

    /// <summary>The command under its name.</summary>
    public Command Create()
    {
        var fit = new Command("fit", "Fit a law L = E + A/N^a + B/D^b to trained models.") { _points, _resamplings, _dropHighest, _seed, _json };
        fit.SetAction((parsed, cancellationToken) => Task.FromResult(InWords(parsed, () => Fit(parsed, cancellationToken))));
        var command = new Command("scaling", "Reckon with scaling laws: give any two of parameters, tokens, compute and loss, or one for its best use.") { _parameters, _tokens, _compute, _loss, _law, _json, fit, new ExperimentCommand(dataPath).Create() };
        command.SetAction(parsed => InWords(parsed, () => Answer(parsed)));
        return command;
    }

    private static int InWords(ParseResult parsed, Func<int> action)
    {
        try
        {
            return action();
        }
        catch (ArgumentException e)
        {
            parsed.InvocationConfiguration.Error.WriteLine(e.Message);
            return ExitCode.WrongInput;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            parsed.InvocationConfiguration.Error.WriteLine(e.Message);
            return ExitCode.Failure;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Stopped;
        }
    }

    private int Answer(ParseResult parsed)
    {
        var chosen = ScalingFits.Laws.FirstOrDefault(fit => fit.Id == parsed.GetRequiredValue(_law))
            ?? throw new ArgumentException($"There is no law '{parsed.GetValue(_law)}'; there are {string.Join(", ", ScalingFits.Laws.Select(fit => fit.Id))}.");
        var answer = new ScalingQuestion(Number(parsed, _parameters), Number(parsed, _tokens), Number(parsed, _compute), Number(parsed, _loss)).Answer(chosen.Law!);
        if (answer.Point is not { } point) throw new ArgumentException(answer.Problem);

        var output = parsed.InvocationConfiguration.Output;
        var plan = ScalingPlan.Of(chosen, point, answer.Other);
        if (parsed.GetValue(_json))
        {
            output.WriteLine(JsonSerializer.Serialize(plan, RunJson.Line));
            return ExitCode.Success;
        }

        output.WriteLine($"By {chosen.Title} ({chosen.Source}):");
        Write(point, plan.Loss);
        if (answer.Other is { } other)
        {
            output.WriteLine("or the same compute and loss with a larger model, trained more briefly:");
            Write(other, chosen.Law!.Loss(other));
        }

        output.WriteLine($"  {Display.Chance(plan.WastedFraction)} of the compute would not be needed at the optimum; the loss is {plan.ExcessLoss:0.000} above it.");
        output.WriteLine($"Best use of {Display.Power(point.Compute)} operations:");
        foreach (var best in plan.Optima)
            output.WriteLine($"  {ScalingFits.Find(best.Fit)!.Title,-34} {Display.Amount(best.Parameters),8} parameters {Display.Amount(best.Tokens),8} tokens {best.TokensPerParameter,8:0.0} a parameter{(best.Loss is { } loss ? $"   loss {loss:0.000}" : "")}");
        return ExitCode.Success;

        void Write(ScalingPoint place, double loss) =>
            output.WriteLine($"  {Display.Amount(place.Parameters)} parameters, {Display.Amount(place.Tokens)} tokens ({place.TokensPerParameter:0.0} a parameter), {Display.Power(place.Compute)} operations, loss {loss:0.000}");
    }

    private int Fit(ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = parsed.GetRequiredValue(_points);
        if (parsed.GetValue(_dropHighest) < 0) throw new ArgumentException("--drop-highest is below 0; it must be 0 or more.");
        using var text = file.OpenText();
        List<LossPoint> points = [.. LossPoints.Parse(text, file.Name).OrderBy(point => point.Loss).SkipLast(parsed.GetValue(_dropHighest))];
        var (fit, ranges) = LawFitting.FitWithIntervals(points, resamplings: parsed.GetValue(_resamplings), seed: parsed.GetValue(_seed), cancellationToken: cancellationToken);
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json))
        {
            output.WriteLine(JsonSerializer.Serialize(new FittedLaw(fit.Law, fit.Law.Optimum.SizeExponent, ranges, fit.Objective, fit.Points), RunJson.Line));
            return ExitCode.Success;
        }

        output.WriteLine($"{fit.Points} points, sum of Huber losses {fit.Objective:0.000000e0}. Ranges hold {ranges.Level:0%}.");
        foreach (var (name, value, range) in (ReadOnlySpan<(string, double, Interval)>)
            [("E", fit.Law.E, ranges.E), ("A", fit.Law.A, ranges.A), ("B", fit.Law.B, ranges.B), ("alpha", fit.Law.Alpha, ranges.Alpha), ("beta", fit.Law.Beta, ranges.Beta), ("a, of N ∝ C^a", fit.Law.Optimum.SizeExponent, ranges.SizeExponent)])
            output.WriteLine($"  {name,-14} {Digits(value),10}   {Digits(range.Low)} to {Digits(range.High)}");
        return ExitCode.Success;
    }

    /// <summary>Five digits, for what is small and what is large.</summary>
    private static string Digits(double value) => value.ToString("G5", System.Globalization.CultureInfo.InvariantCulture);

    private static double? Number(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) switch
    {
        null => null,
        var text => ScaledNumber.TryParse(text, out var value) ? value : throw new ArgumentException($"{option.Name} is '{text}'; expected a number, such as 124M, 1.4T or 5.76e23."),
    };
}
