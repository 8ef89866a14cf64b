using TinyLM.Lab.Hosting;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Fills a data directory with many long runs, written as workers write them.</summary>
internal static class ManyRuns
{
    /// <summary>Writes ended runs of a sweep over learning rates and depths, each point of their curves a line.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="runs">How many.</param>
    /// <param name="steps">Points of each.</param>
    /// <returns>Their ids, the newest first.</returns>
    public static IReadOnlyList<string> Write(LabDirectory directory, int runs, int steps)
    {
        var quick = RunPresets.Quick.Spec;
        var group = new GroupSpec { Id = "sweep-many", Name = "learningRate × layerCount", Settings = ["training.learningRate", "model.layerCount"] };
        Parallel.For(0, runs, new ParallelOptions { MaxDegreeOfParallelism = 2 }, index =>
        {
            var rate = Math.Round(1e-4 * Math.Pow(100, index / (double)runs), 6);
            var folder = new RunFolder(Path.Combine(directory.RunsPath, IdOf(index)));
            Directory.CreateDirectory(folder.Path);
            File.WriteAllText(folder.SpecPath, (quick with
            {
                Name = $"learningRate {rate}, layerCount {2 + index % 4}",
                Group = group,
                Model = quick.Model with { LayerCount = 2 + index % 4 },
                Training = quick.Training with { Steps = steps, LearningRate = rate },
            }).ToJson());
            using var events = new RunEventWriter(folder);
            events.Append(new StatusEvent { Time = TestRuns.Start, Status = RunStatus.Running });
            events.Append(TestRuns.Environment());
            events.Append(TestRuns.Dataset());
            var random = new Random(index);
            for (var step = 1; step <= steps; step++)
            {
                var loss = 1.4 + 0.002 * index + 6 * Math.Exp(-step / 300.0) + 1.4 / Math.Sqrt(step) + 0.1 * (random.NextDouble() - 0.5);
                events.Append(TestRuns.Step(step, loss));
                if (step % 100 == 0) events.Append(TestRuns.Evaluation(step) with { Loss = loss + 0.02 });
            }

            events.Append(new StatusEvent { Time = TestRuns.Start.AddSeconds(steps), Status = RunStatus.Completed, Step = steps });
        });
        return [.. Enumerable.Range(0, runs).Reverse().Select(IdOf)];
    }

    private static string IdOf(int index) => $"{TestRuns.Start.AddMinutes(index):yyyyMMdd-HHmmss}-{index:x4}";
}
