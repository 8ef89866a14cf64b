using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Sweeps;

/// <summary>Runs that differ in some settings: every combination of their values, or some drawn at random.</summary>
/// <remarks>Random draws find good settings with fewer runs where few of many settings matter: Bergstra and Bengio 2012, https://jmlr.org/papers/v13/bergstra12a.html.</remarks>
public sealed record Sweep
{
    /// <summary>Most runs that one sweep may make.</summary>
    public const int MostRuns = 500;

    /// <summary>The limit where nobody gives one.</summary>
    public const int UsualLimit = 50;

    /// <summary>Draws without a new combination after which there are taken to be no more.</summary>
    private const int Patience = 200;

    /// <summary>The settings that all have.</summary>
    public required RunSpec Base { get; init; }

    /// <summary>The settings that differ.</summary>
    public required IReadOnlyList<SweepAxis> Axes { get; init; }

    /// <summary>Whether values are drawn; else every combination is made.</summary>
    public bool IsRandom { get; init; }

    /// <summary>Runs to draw, or the most that a grid may have.</summary>
    public int Limit { get; init; } = UsualLimit;

    /// <summary>Seed of the draws.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>What the group is called; empty for the settings that differ.</summary>
    public string Name { get; init; } = "";

    /// <summary>The runs, in the order in which they shall start, and what was left out.</summary>
    /// <exception cref="InvalidSpecException">The sweep makes no sense; in words.</exception>
    public SweepRuns Make()
    {
        Check();
        var group = new GroupSpec
        {
            Id = "sweep-" + RandomNumberGenerator.GetHexString(10, lowercase: true),
            Name = Name.Trim() is { Length: > 0 } name ? name : string.Join(" × ", Axes.Select(axis => NameOf(axis.Path))),
            Settings = [.. Axes.Select(axis => axis.Path)],
        };
        var runs = new List<RunSpec>();
        var leftOut = new List<string>();
        foreach (var values in IsRandom ? Drawn() : Grid())
        {
            var title = string.Join(", ", values.Select((value, i) => $"{NameOf(Axes[i].Path)} {Text(value)}"));
            var spec = With(values) with { Name = Base.Name is { Length: > 0 } and { Length: < 100 } ? $"{Base.Name}: {title}" : title, Group = group };
            if (spec.Name.Length > 200) spec = spec with { Name = spec.Name[..200] };
            if (spec.Validate() is [_, ..] problems) leftOut.Add($"{title}: {string.Join(" ", problems)}");
            else runs.Add(spec);
        }

        if (runs.Count == 0) throw new InvalidSpecException([$"No combination of these values makes a run. {leftOut.FirstOrDefault()}".TrimEnd()]);
        return new SweepRuns(group, runs, leftOut);
    }

    private void Check()
    {
        var problems = new List<string>();
        if (Axes.Count == 0) problems.Add("A sweep needs a setting and its values.");
        foreach (var twice in Axes.GroupBy(axis => axis.Path).Where(same => same.Count() > 1)) problems.Add($"The setting {twice.Key} is given twice.");
        if (Limit is < 1 or > MostRuns) problems.Add($"The limit is {Limit}; a sweep may have between 1 and {MostRuns} runs.");
        if (!IsRandom)
        {
            problems.AddRange(Axes.Where(axis => axis.Values.Count == 0).Select(axis => $"{axis.Path}: say how many values of the range {axis.Text} to take, as in {axis.Text}:5, or draw them at random."));
            var count = Axes.Aggregate(1.0, (product, axis) => product * Math.Max(1, axis.Values.Count));
            if (count > Limit) problems.Add(string.Create(CultureInfo.InvariantCulture, $"The grid has {count:0} runs, and the limit is {Limit}. Give fewer values, raise the limit, or draw them at random."));
        }

        if (problems.Count > 0) throw new InvalidSpecException(problems);
    }

    /// <summary>Every combination, the last setting changing fastest.</summary>
    private IEnumerable<IReadOnlyList<JsonNode>> Grid() =>
        Axes.Aggregate<SweepAxis, IEnumerable<IReadOnlyList<JsonNode>>>([[]], (soFar, axis) => from head in soFar from value in axis.Values select (IReadOnlyList<JsonNode>)[.. head, value]);

    private IEnumerable<IReadOnlyList<JsonNode>> Drawn()
    {
        var random = new Random((int)(Seed ^ (Seed >> 32)));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var misses = 0; seen.Count < Limit && misses < Patience;)
        {
            IReadOnlyList<JsonNode> values = [.. Axes.Select(axis => axis.Draw(random.NextDouble()))];
            if (!seen.Add(string.Join(' ', values.Select(value => value.ToJsonString()))))
            {
                misses++;
                continue;
            }

            misses = 0;
            yield return values;
        }
    }

    /// <summary>The spec with some values. What must follow follows: the model's vocabulary the tokenizer's, a warm-up the steps.</summary>
    private RunSpec With(IReadOnlyList<JsonNode> values)
    {
        var json = JsonNode.Parse(Base.ToJson())!;
        foreach (var (axis, value) in Axes.Zip(values))
        {
            Set(json, axis.Path, value);
            if (axis.Path is "tokenizer.vocabularySize") Set(json, "model.vocabularySize", value);
            if (axis.Path is "model.vocabularySize") Set(json, "tokenizer.vocabularySize", value);
        }

        RunSpec spec;
        try
        {
            spec = RunSpec.Parse(json.ToJsonString(RunJson.Indented), "The sweep");
        }
        catch (InvalidDataException e)
        {
            throw new InvalidSpecException([e.Message]);
        }

        var training = spec.Training;
        return Axes.Any(axis => axis.Path == "training.steps") ? spec with { Training = training with { WarmupSteps = Math.Min(training.WarmupSteps, Math.Max(0, training.Steps)) } } : spec;
    }

    private static void Set(JsonNode json, string path, JsonNode value)
    {
        var parts = path.Split('.');
        foreach (var part in parts[..^1]) json = json[part] ??= new JsonObject();
        json[parts[^1]] = value.DeepClone();
    }

    private static string NameOf(string path) => path[(path.LastIndexOf('.') + 1)..];

    private static string Text(JsonNode value) => value.GetValueKind() == System.Text.Json.JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
}

/// <summary>What a sweep makes.</summary>
/// <param name="Group">The group that they are in.</param>
/// <param name="Runs">The runs, in the order in which they shall start.</param>
/// <param name="LeftOut">Combinations that break rules, each with its reason.</param>
public sealed record SweepRuns(GroupSpec Group, IReadOnlyList<RunSpec> Runs, IReadOnlyList<string> LeftOut);
