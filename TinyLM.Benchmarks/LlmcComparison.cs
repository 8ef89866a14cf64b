using System.Diagnostics;
using System.Globalization;
using TinyLM.Model.Architectures;
using TinyLM.Model.Training;

namespace TinyLM.Benchmarks;

/// <summary>Training steps beside karpathy/llm.c's train_gpt2.c, compiled here, at the same shapes on the same threads.</summary>
/// <param name="llmc">Folder of llm.c's source, https://github.com/karpathy/llm.c; gcc is needed.</param>
/// <param name="shapes">The first letters of the shapes to compare; empty for all.</param>
internal sealed class LlmcComparison(string llmc, string shapes)
{
    /// <summary>Prints a table in Markdown: the fastest step of each, in milliseconds, and how many times faster the engine is.</summary>
    public void Run()
    {
        var folder = Directory.CreateTempSubdirectory("tinylm-llmc-").FullName;
        try
        {
            string[] flags = ["-O3", "-Ofast"];
            foreach (var flag in flags) Compile(folder, flag);
            Console.WriteLine("| shape | threads | llm.c -O3 | llm.c -Ofast | fp32 | times -O3 / -Ofast | bf16 | times -O3 / -Ofast |");
            Console.WriteLine("|---|---|---|---|---|---|---|---|");
            foreach (var (name, shape, batch, steps) in TrainingShape.All.Where(shape => shapes.Length == 0 || shapes.Contains(shape.Name[0], StringComparison.Ordinal)))
                foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
                {
                    var peers = flags.Select(flag => Peer(folder, flag, shape, batch, threads)).ToArray();
                    var fp32 = Own(shape, batch, steps, threads, TrainingPrecision.Fp32);
                    var bf16 = StepTiming.Precisions.Contains(TrainingPrecision.Bf16) ? Own(shape, batch, steps, threads, TrainingPrecision.Bf16) : (double?)null;
                    Console.WriteLine($"| {name} | {threads} | {Time(peers[0])} | {Time(peers[1])} | {Cells(peers, fp32)} | {Cells(peers, bf16)} |");
                }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Cells(double[] peers, double? own) =>
        own is { } time ? string.Create(CultureInfo.InvariantCulture, $"{Time(time)} | {peers[0] / time:F1} / {peers[1] / time:F1}") : "not on this processor | ";

    private static string Time(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:F0} ms");

    private void Compile(string folder, string flag)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Llmc", "llmc_step.c");
        Start("gcc", [flag, "-march=native", "-fopenmp", "-I", llmc, source, "-o", Path.Combine(folder, "step" + flag), "-lm"], threads: 1);
    }

    private static double Peer(string folder, string flag, ModelConfig shape, int batch, int threads)
    {
        int[] numbers = [shape.VocabularySize, shape.ContextLength, shape.LayerCount, shape.HeadCount, shape.EmbeddingSize, batch, 2];
        var arguments = numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)).Append(Path.Combine(folder, "model.bin"));
        return double.Parse(Start(Path.Combine(folder, "step" + flag), arguments, threads), CultureInfo.InvariantCulture);
    }

    private static double Own(ModelConfig shape, int batch, int steps, int threads, TrainingPrecision precision)
    {
        using var timing = new StepTiming(shape, new TrainingConfig { BatchSize = batch }, threads, precision);
        return timing.FastestStep(steps);
    }

    /// <summary>What a program said on its error stream.</summary>
    private static string Start(string program, IEnumerable<string> arguments, int threads)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? said : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {said}");
    }
}
