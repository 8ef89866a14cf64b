using System.Globalization;
using System.Text.Json;
using TinyLM.Lab.Runs.Sweeps;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Commands;

/// <summary>The command line that trains what a form asks for.</summary>
public static class EquivalentCommand
{
    private const string Train = "dotnet run --project TinyLM.Lab -- train";

    /// <summary>A preset with single settings on top where these say all; else the file that holds the settings.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="fileName">Name of a file with the spec, for the second form.</param>
    public static string For(RunSpec spec, string fileName = "run.json")
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (RunPresets.All.FirstOrDefault(one => one.Id == spec.Preset) is not { } start) return $"{Train} --spec {fileName}";
        var (preset, asked) = (start.Spec.Training, spec.Training);
        var told = start.Spec with
        {
            Name = spec.Name,
            Data = start.Spec.Data with { Corpus = spec.Data.Corpus },
            Training = preset with
            {
                Steps = asked.Steps,
                WarmupSteps = asked.Steps == preset.Steps ? preset.WarmupSteps : Math.Min(preset.WarmupSteps, asked.Steps), // as train does
                BatchSize = asked.BatchSize,
                LearningRate = asked.LearningRate,
                Seed = asked.Seed,
                Device = asked.Device,
                Threads = asked.Threads,
                Precision = asked.Precision,
            },
        };
        if (told.ToJson() != spec.ToJson()) return $"{Train} --spec {fileName}";

        var parts = new List<string> { Train, "--preset", start.Id };
        Add("--name", start.Spec.Name, spec.Name);
        Add("--corpus", start.Spec.Data.Corpus, spec.Data.Corpus);
        Add("--steps", preset.Steps, asked.Steps);
        Add("--batch", preset.BatchSize, asked.BatchSize);
        Add("--learning-rate", preset.LearningRate, asked.LearningRate);
        Add("--seed", preset.Seed, asked.Seed);
        Add("--device", preset.Device, asked.Device);
        Add("--threads", preset.Threads, asked.Threads);
        Add("--precision", preset.Precision, asked.Precision);
        return string.Join(' ', parts);

        void Add<T>(string option, T before, T now)
        {
            if (EqualityComparer<T>.Default.Equals(before, now)) return;
            var text = now is Enum ? JsonSerializer.Serialize(now, RunJson.Line).Trim('"') : Convert.ToString(now, CultureInfo.InvariantCulture)!;
            parts.AddRange([option, Quote(text)]);
        }
    }

    /// <summary>The command line that trains the runs of a sweep.</summary>
    public static string For(Sweep sweep)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        var parts = new List<string> { For(sweep.Base) };
        foreach (var axis in sweep.Axes) parts.AddRange(["--sweep", Quote($"{axis.Path}={axis.Text.Replace(" ", "", StringComparison.Ordinal)}")]);
        if (sweep.IsRandom) parts.AddRange(["--random", sweep.Limit.ToString(CultureInfo.InvariantCulture)]);
        else if (sweep.Limit != Sweep.UsualLimit) parts.AddRange(["--limit", sweep.Limit.ToString(CultureInfo.InvariantCulture)]);
        if (sweep.Name.Trim() is { Length: > 0 } name) parts.AddRange(["--group", Quote(name)]);
        return string.Join(' ', parts);
    }

    /// <summary>A word for a POSIX shell: in single quotes unless it is plain.</summary>
    private static string Quote(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_.:/+".Contains(c, StringComparison.Ordinal)) ? text : "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
