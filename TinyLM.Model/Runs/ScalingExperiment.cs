using System.Security.Cryptography;
using TinyLM.Model.Architectures;
using TinyLM.Model.Scaling;

namespace TinyLM.Model.Runs;

// N = parameters, tables counted; D = tokens; C = 6ND

/// <summary>Models of several sizes on several amounts of text, all of them trained within a time, so that a law can be fitted to them.</summary>
/// <remarks>
/// Sizes and text lie about a first guess of the best use, <see cref="TokensPerParameter"/> tokens a parameter, to either side of it: a
/// parabola needs both flanks. Each point is a run of its own whose schedule ends with its tokens, as Hoffmann et al. 2022, section 3.2,
/// found needed. How each is trained is said by <see cref="ExperimentRule"/>.
/// </remarks>
public sealed record ScalingExperiment
{
    /// <summary>What the ids of the groups of experiments begin with.</summary>
    public const string GroupPrefix = "experiment-";

    /// <summary>The first guess of the best tokens a parameter; docs/scaling-experiment.md has what it rests on.</summary>
    public const double TokensPerParameter = 16;

    /// <summary>Computes of an isoFLOP experiment, and each over the one before.</summary>
    public const int Computes = 4;

    /// <summary>Each compute over the one before.</summary>
    public const double Growth = 2.2;

    /// <summary>Sizes at a compute, or of a grid.</summary>
    public const int Sizes = 5;

    /// <summary>Amounts of text of a grid.</summary>
    public const int Amounts = 4;

    /// <summary>Seconds from the start of a worker to its first step and from its last to the end: libtorch is loaded, threads are measured, weights are written.</summary>
    public const double StartSeconds = 2.5;

    /// <summary>Bytes of text a second that are told, cut into tokens and written; once for all runs.</summary>
    private const double PreparedBytesPerSecond = 10e6;

    /// <summary>Part of the tokens of a grid's next row: rows of text double.</summary>
    private const double TextGrowth = 2;

    private const double LeastCompute = 1e8, MostCompute = 1e24;

    /// <summary>What it was laid out for.</summary>
    public required ExperimentOrder Order { get; init; }

    /// <summary>The group that its runs are in.</summary>
    public required GroupSpec Group { get; init; }

    /// <summary>The runs in the order in which they start, the cheapest first.</summary>
    public required IReadOnlyList<ExperimentRun> Runs { get; init; }

    /// <summary>What preparing the text takes, once.</summary>
    public required TimeSpan Preparation { get; init; }

    /// <summary>How often the longest run reads its text, about.</summary>
    public double Repetitions => Order.TextBytes is { } bytes ? Runs.Max(run => run.Place.Tokens) * ExperimentRule.BytesPerToken / Math.Max(1, bytes) : 1;

    /// <summary>What all of it takes.</summary>
    public TimeSpan Time => Runs.Aggregate(Preparation, (sum, run) => sum + run.Time);

    /// <summary>The largest experiment that fits into the time.</summary>
    /// <param name="order">What is asked; sound.</param>
    /// <param name="estimate">How long the training of a run takes; null where nothing is known of the device.</param>
    /// <returns>Null where <paramref name="estimate"/> knows nothing.</returns>
    /// <exception cref="ArgumentException">The order breaks rules, or the time is too short for this device; in words.</exception>
    public static ScalingExperiment? LayOut(ExperimentOrder order, Func<RunSpec, TimeSpan?> estimate)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(estimate);
        if (order.Validate() is [_, ..] problems) throw new ArgumentException(string.Join(' ', problems), nameof(order));
        var group = new GroupSpec
        {
            Id = GroupPrefix + RandomNumberGenerator.GetHexString(10, lowercase: true),
            Name = FormattableString.Invariant($"{(order.Kind == ExperimentKind.Grid ? "Grid" : "IsoFLOP")} experiment of {order.Minutes:0.##} minutes on {order.Corpus}"),
            Settings = ["model.embeddingSize", "training.steps"],
        };
        var start = ExperimentRule.Start(order) with { Group = group };
        var ladder = new List<(ModelConfig Model, double Size, double SecondsPerToken)>();
        foreach (var model in ExperimentRule.Ladder)
        {
            var trial = ExperimentRule.Train(start, model, 1e6);
            if (estimate(trial) is not { } time) return null;
            ladder.Add((model, ModelArithmetic.ParameterCount(model), time.TotalSeconds / Tokens(trial)));
        }

        var (low, high) = (Math.Log(LeastCompute), Math.Log(MostCompute));
        for (var round = 0; round < 60; round++)
        {
            var middle = (low + high) / 2;
            if (Make(Math.Exp(middle)).Time.TotalMinutes <= order.Minutes) low = middle;
            else high = middle;
        }

        var best = Make(Math.Exp(low));
        if (best.Runs.Any(run => run.Spec.Training.Steps < ExperimentRule.FewestSteps))
            throw new ArgumentException(FormattableString.Invariant($"{order.Minutes:0.##} minutes are too short here: the smallest models would learn for fewer than {ExperimentRule.FewestSteps} steps. Give more time."), nameof(order));
        return best;

        ScalingExperiment Make(double compute)
        {
            List<(int Size, double Tokens)> points = [.. order.Kind == ExperimentKind.Grid ? GridOf(compute, ladder.Select(rung => rung.Size).ToList()) : IsoFlopsOf(compute, ladder.Select(rung => rung.Size).ToList())];
            var bytes = order.TextBytes ?? ExperimentRule.StoryBytes(points.Max(point => point.Tokens));
            var text = ExperimentRule.Text(start, bytes);
            return new ScalingExperiment
            {
                Order = order,
                Group = group,
                Preparation = TimeSpan.FromSeconds(bytes / PreparedBytesPerSecond),
                Runs =
                [
                    .. from point in points
                       let rung = ladder[point.Size]
                       let spec = ExperimentRule.Train(text, rung.Model, point.Tokens)
                       orderby Math.Round(Math.Log(rung.Size * point.Tokens), 6), rung.Size
                       select new ExperimentRun(spec, TimeSpan.FromSeconds(StartSeconds + rung.SecondsPerToken * (Tokens(spec) + ExperimentRule.MeasuredAsTrained))),
                ],
            };
        }
    }

    /// <summary>At each compute the sizes next to the guessed best.</summary>
    private static IEnumerable<(int Size, double Tokens)> IsoFlopsOf(double least, List<double> sizes) =>
        from level in Enumerable.Range(0, Computes)
        let compute = least * Math.Pow(Growth, level)
        from size in About(Math.Sqrt(compute / (ScalingPoint.OperationsEach * TokensPerParameter)), sizes)
        select (size, ScalingPoint.OfParameters(sizes[size], compute).Tokens);

    /// <summary>Sizes next to the guessed best of a compute, each on amounts of text that double.</summary>
    private static IEnumerable<(int Size, double Tokens)> GridOf(double compute, List<double> sizes)
    {
        var best = Math.Sqrt(compute / (ScalingPoint.OperationsEach * TokensPerParameter));
        return from size in About(best, sizes)
               from amount in Enumerable.Range(0, Amounts)
               select (size, TokensPerParameter * best * Math.Pow(TextGrowth, amount - (Amounts - 1) / 2.0));
    }

    /// <summary>The rungs of the ladder about a size.</summary>
    private static IEnumerable<int> About(double parameters, List<double> sizes)
    {
        var nearest = Enumerable.Range(0, sizes.Count).MinBy(i => Math.Abs(Math.Log(sizes[i] / parameters)));
        return Enumerable.Range(Math.Clamp(nearest - Sizes / 2, 0, sizes.Count - Sizes), Sizes);
    }

    private static double Tokens(RunSpec spec) => (double)spec.Training.Steps * spec.Training.TokensPerStep(spec.Model.ContextLength);
}
