using System.Collections.Concurrent;
using TinyLM.Lab.Security;
using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Runs;

/// <summary>Cost by formula; time by what earlier runs reached on this machine, else by the matrix product that the worker measured.</summary>
internal sealed class RunEstimator([FromKeyedServices(Guarding.Inside)] IRunService runs, IDeviceCatalog devices) : IRunEstimator
{
    /// <summary>Runs that are taken into account: the most similar ones.</summary>
    private const int Neighbours = 3;

    /// <summary>Small models keep a machine less busy than large ones: a run whose operations a token differ by more than this factor says little.</summary>
    private const double LargestRatio = 8;

    /// <summary>
    /// What a training step reaches of the measured fp32 product on a processor. Measured on 2 cores: 0.88 of it at 0.9M and at
    /// 5.9M parameters in fp32 (docs/decisions.md, "What a run will take"); the rest goes to evaluation and samples.
    /// </summary>
    private const double ProcessorEfficiency = 0.7;

    /// <summary>The same on a graphics card, where tiny models leave most of it idle: a guess until a run has been timed.</summary>
    private const double AcceleratorEfficiency = 0.15;

    private readonly ConcurrentDictionary<string, RunSpec> _specs = new(StringComparer.Ordinal); // a spec never changes; the form asks at each key

    /// <inheritdoc/>
    public RunEstimate Estimate(RunSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var totalTokens = spec.Training.Steps * spec.Training.TokensPerStep(spec.Model.ContextLength);
        var totalFlops = ModelArithmetic.FlopsPerToken(spec.Model) * totalTokens;
        var (flopsPerSecond, source) = Speed(spec);
        return new RunEstimate
        {
            ParameterCount = ModelArithmetic.ParameterCount(spec.Model),
            TotalTokens = totalTokens,
            MemoryBytes = ModelArithmetic.TrainingBytes(spec.Model, spec.Training.BatchSize, spec.Training.SequenceLength, spec.Training.Activations == ActivationStorage.Recompute),
            TotalFlops = totalFlops,
            Time = flopsPerSecond is { } speed ? Duration(totalFlops / speed) : null,
            TimeSource = source,
        };
    }

    private (double? FlopsPerSecond, string? Source) Speed(RunSpec spec)
    {
        var device = Find(spec.Training.Device);
        var asked = ModelArithmetic.FlopsPerToken(spec.Model);
        var measured = (
            from run in runs.List()
            where run.TokensPerSecond > 0
            let earlier = SpecOf(run.Id)
            where earlier is not null && Find(earlier.Training.Device)?.Id == device?.Id
            let flops = ModelArithmetic.FlopsPerToken(earlier.Model)
            let ratio = Math.Max(flops / asked, asked / flops)
            where ratio <= LargestRatio
            orderby ratio
            select flops * run.TokensPerSecond!.Value).Take(Neighbours).ToList();
        if (measured.Count > 0)
            return (measured.Order().ElementAt(measured.Count / 2), measured.Count == 1 ? "from an earlier run on this machine" : $"from {measured.Count} earlier runs on this machine");
        if (device?.FlopsPerSecond is { } product)
            return (product * (device.Id == "cpu" ? ProcessorEfficiency : AcceleratorEfficiency), "from a matrix product measured on this device");
        return (null, null);
    }

    /// <summary>The device that a setting means on this machine: <c>auto</c> is the first, <c>cuda</c> the first of its kind.</summary>
    private TrainingDevice? Find(string setting) => devices.Current?.Devices.FirstOrDefault(device =>
        setting == "auto" || device.Id == setting || device.Id.StartsWith(setting + ":", StringComparison.Ordinal));

    private RunSpec? SpecOf(string runId)
    {
        if (_specs.TryGetValue(runId, out var known)) return known;
        try
        {
            return _specs[runId] = runs.GetSpec(runId);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidDataException or IOException)
        {
            return null; // deleted in between, or damaged: it tells nothing
        }
    }

    /// <summary>More than a few centuries are no time but a mistake; the type ends at 29,000 years.</summary>
    private static TimeSpan? Duration(double seconds) => seconds < 1e10 ? TimeSpan.FromSeconds(seconds) : null;
}
