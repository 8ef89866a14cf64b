using System.Diagnostics;
using TinyLM.Model.Architectures;

namespace TinyLM.Model.Training;

/// <summary>Chooses device, threads and precision by what was asked, and by measuring where it says automatic.</summary>
internal static class TrainingPlanner
{
    /// <summary>bf16 must be clearly faster, for fp32 is exact.</summary>
    private const double ClearGain = 0.93;

    /// <summary>Fewer threads must be much faster: a core that another program keeps busy now may be free in a minute.</summary>
    private const double MuchGain = 0.8;

    /// <summary>A first step that takes so many times longer settles it: bf16 on a processor without such products is 20 times slower.</summary>
    private const double Hopeless = 4;

    private const double TrialFlops = 2e9;
    private static readonly TimeSpan s_budget = TimeSpan.FromMilliseconds(300);

    /// <summary>Makes a plan for a run.</summary>
    /// <exception cref="InvalidOperationException">The device is not there, or TorchSharp does not load; in words.</exception>
    public static TrainingPlan Choose(ModelConfig model, TrainingConfig config)
    {
        var plan = new TrainingPlan
        {
            Device = TorchDevices.Resolve(config.Device),
            Threads = config.Threads == 0 ? Environment.ProcessorCount : config.Threads,
            Precision = config.Precision == TrainingPrecision.Auto ? TrainingPrecision.Fp32 : config.Precision,
        };
        var onCard = plan.Device.StartsWith("cuda", StringComparison.Ordinal);
        if (plan.Precision == TrainingPrecision.Tf32 && !onCard)
            throw new InvalidOperationException($"The run asks for the precision tf32, which NVIDIA's cards have, and trains on {plan.Device}. Choose auto, fp32 or bf16.");
        var mayChooseBf16 = config.Precision == TrainingPrecision.Auto && plan.Device != "mps";
        var threadCounts = config.Threads == 0 && plan.Device == "cpu" ? SmallerThreadCounts() : [];
        if (!mayChooseBf16 && threadCounts.Count == 0) return plan;

        // Precision by the processor's own time, which other programs do not lengthen; threads by the clock on the wall.
        var best = Time(plan, model, config, double.PositiveInfinity);
        var start = Stopwatch.GetTimestamp(); // the first measurement loads what the others find
        var onProcessor = plan.Device == "cpu";
        if (mayChooseBf16) Try(plan with { Precision = TrainingPrecision.Bf16 }, ClearGain, time => onProcessor ? time.Processor : time.Wall);
        if (mayChooseBf16 && onCard && plan.Precision == TrainingPrecision.Fp32) Try(plan with { Precision = TrainingPrecision.Tf32 }, ClearGain, time => time.Wall);
        foreach (var threads in threadCounts)
            if (Stopwatch.GetElapsedTime(start) < s_budget) Try(plan with { Threads = threads }, MuchGain, time => time.Wall);
        return plan;

        void Try(TrainingPlan other, double neededRatio, Func<(double Wall, double Processor), double> by)
        {
            var time = Time(other, model, config, Hopeless * best.Wall);
            if (by(time) >= by(best) * neededRatio) return;
            (plan, best) = (other, time);
        }
    }

    /// <summary>Half of the processors, as where two share a core, and one, as where others keep the rest busy.</summary>
    private static List<int> SmallerThreadCounts() =>
        [.. new[] { Environment.ProcessorCount / 2, 1 }.Where(count => count >= 1 && count < Environment.ProcessorCount).Distinct()];

    /// <summary>Seconds of a step of one block and the head, the best of three; the first alone where it took longer than <paramref name="limit"/>.</summary>
    private static (double Wall, double Processor) Time(TrainingPlan plan, ModelConfig model, TrainingConfig config, double limit)
    {
        var length = config.LengthIn(model.ContextLength);
        var slice = model with { LayerCount = 1, VocabularySize = Math.Min(model.VocabularySize, 4096) };
        var tokens = TrialFlops / ModelArithmetic.FlopsPerToken(slice);
        length = (int)Math.Clamp(tokens / Math.Min(plan.Threads, config.BatchSize), Math.Min(16, length), length);
        var trial = config with
        {
            SequenceLength = length,
            BatchSize = (int)Math.Clamp(tokens / length, Math.Min(plan.Threads, config.BatchSize), config.BatchSize),
            GradientAccumulation = 1,
            TokenBudget = 0,
        };
        using var trainer = new Trainer(slice, trial, plan);
        trainer.Load(ModelInitializer.Create(slice, seed: 1));
        var (wall, processor) = (double.PositiveInfinity, double.PositiveInfinity);
        for (var round = 0; round < 4; round++)
        {
            var start = Stopwatch.GetTimestamp();
            var used = Environment.CpuUsage.TotalTime;
            trainer.Step(1, static (inputs, targets) => { }, read: true); // the same token all over takes as long as any
            var (took, worked) = (Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - used).TotalSeconds);
            if (round == 0 && took <= limit) continue; // it loads what the others find
            (wall, processor) = (Math.Min(wall, took), Math.Min(processor, worked));
            if (round == 0) break;
        }
        return (wall, processor);
    }
}
