using System.Collections.Concurrent;
using TinyLM.Lab.Security;
using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Runs;

/// <summary>Cost by formula; time by what earlier runs reached on this machine, else by the matrix product that the worker measured.</summary>
/// <param name="list">The runs that there are.</param>
/// <param name="specOf">What a run was asked; throws where it cannot be read.</param>
/// <param name="report">What this machine can train on; null until it is known.</param>
internal sealed class RunEstimator(Func<IReadOnlyList<RunSummary>> list, Func<string, RunSpec> specOf, Func<DeviceReport?> report) : IRunEstimator
{
    /// <summary>Runs that are taken into account: the most similar ones.</summary>
    private const int Neighbours = 3;

    /// <summary>Small models keep a machine less busy than large ones: a run whose operations a token differ by more than this factor says little.</summary>
    private const double LargestRatio = 8;

    /// <summary>
    /// What a training step of a wide model reaches of the measured fp32 product on a processor. Measured on 2 cores: 0.88 of it at
    /// 0.9M and at 5.9M parameters in fp32 (docs/decisions.md, "What a run will take"); the rest goes to evaluation and samples.
    /// </summary>
    private const double ProcessorEfficiency = 0.85;

    /// <summary>Width at which a processor is half as busy as with a wide model: below, most of the time goes to what is not a product.</summary>
    private const double HalfBusyWidth = 100;

    /// <summary>The same on a graphics card, where tiny models leave most of it idle: a guess until a run has been timed.</summary>
    private const double AcceleratorEfficiency = 0.15;

    private readonly ConcurrentDictionary<string, RunSpec> _specs = new(StringComparer.Ordinal); // a spec never changes; the form asks at each key

    /// <param name="catalog">The lab's runs.</param>
    /// <param name="devices">The machine's devices.</param>
    public RunEstimator(RunCatalog catalog, IDeviceCatalog devices)
        : this(catalog.List, id => catalog.Stored(id) is { Problem: null, Spec: var spec } ? spec : throw new InvalidDataException($"The settings of run {id} cannot be read."), () => devices.Current)
    {
    }

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
            MemoryBytes = Memory(spec),
            TotalFlops = totalFlops,
            Time = flopsPerSecond is { } speed ? Duration(totalFlops / speed) : null,
            TimeSource = source,
        };
    }

    /// <summary>On a processor what the worker's process holds; on a card what lies there.</summary>
    private long Memory(RunSpec spec)
    {
        var (training, recomputes) = (spec.Training, spec.Training.Activations == ActivationStorage.Recompute);
        return Find(training.Device)?.Id is null or "cpu"
            ? WorkerMemory.Of(spec.Model, training.BatchSize, training.SequenceLength, recomputes, training.Threads == 0 ? Environment.ProcessorCount : training.Threads).Total
            : ModelArithmetic.TrainingBytes(spec.Model, training.BatchSize, training.SequenceLength, recomputes);
    }

    private (double? FlopsPerSecond, string? Source) Speed(RunSpec spec)
    {
        var device = Find(spec.Training.Device);
        var asked = ModelArithmetic.FlopsPerToken(spec.Model);
        var measured = (
            from run in list()
            where run.TokensPerSecond > 0
            let earlier = SpecOf(run.Id)
            where earlier is not null && Find(earlier.Training.Device)?.Id == device?.Id
            let flops = ModelArithmetic.FlopsPerToken(earlier.Model)
            let ratio = Math.Max(flops / asked, asked / flops)
            where ratio <= LargestRatio
            orderby ratio
            select flops * run.TokensPerSecond!.Value / Busy(earlier.Model)).Take(Neighbours).ToList();
        if (measured.Count > 0)
            return (Busy(spec.Model) * measured.Order().ElementAt(measured.Count / 2), measured.Count == 1 ? "from an earlier run on this machine" : $"from {measured.Count} earlier runs on this machine");
        if (device?.FlopsPerSecond is { } product)
            return (product * (device.Id == "cpu" ? ProcessorEfficiency * Busy(spec.Model) : AcceleratorEfficiency), "from a matrix product measured on this device");
        return (null, null);
    }

    /// <summary>How busy a model keeps a device, beside a wide one. Measured on 2 cores without 512-bit registers: 0.09, 0.17, 0.28 and 0.46 of the product at widths of 16, 32, 64 and 128; by the formula 0.12, 0.21, 0.33 and 0.48.</summary>
    private static double Busy(ModelConfig model) => model.EmbeddingSize / (model.EmbeddingSize + HalfBusyWidth);

    /// <summary>The device that a setting means on this machine: <c>auto</c> is the first, <c>cuda</c> the first of its kind.</summary>
    private TrainingDevice? Find(string setting) => report()?.Devices.FirstOrDefault(device =>
        setting == "auto" || device.Id == setting || device.Id.StartsWith(setting + ":", StringComparison.Ordinal));

    private RunSpec? SpecOf(string runId)
    {
        if (_specs.TryGetValue(runId, out var known)) return known;
        try
        {
            return _specs[runId] = specOf(runId);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidDataException or IOException)
        {
            return null; // deleted in between, or damaged: it tells nothing
        }
    }

    /// <summary>More than a few centuries are no time but a mistake; the type ends at 29,000 years.</summary>
    private static TimeSpan? Duration(double seconds) => seconds < 1e10 ? TimeSpan.FromSeconds(seconds) : null;
}
