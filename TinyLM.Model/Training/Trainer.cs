using System.Globalization;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Training;

/// <summary>A model in training: steps, evaluation, and its state out and in. Belongs to the thread that made it.</summary>
internal sealed class Trainer : IDisposable
{
    private const long MostReplicaBytes = 1L << 30;

    private readonly TrainingConfig _config;
    private readonly ModelConfig _modelConfig;
    private readonly int _microSteps;
    private readonly WorkerTeam _team;
    private readonly Replica[] _replicas;
    private readonly IOptimizer _optimizer;
    private readonly Device _device;
    private readonly bool _onProcessor;
    private readonly StepClock _clock;
    private readonly UpdateMeter _updates;
    private readonly int[] _inputs;
    private readonly int[] _targets;
    private readonly double[] _losses;

    /// <param name="model">Shape of the model; sound.</param>
    /// <param name="config">How it is trained; sound.</param>
    /// <param name="plan">Device, threads and precision.</param>
    /// <param name="managed">For tests: true takes the managed kernels on any processor, false computes on it as on a graphics card.</param>
    public Trainer(ModelConfig model, TrainingConfig config, TrainingPlan plan, bool? managed = null)
    {
        (_config, _modelConfig, Plan) = (config, model, plan);
        SequenceLength = config.LengthIn(model.ContextLength);
        _microSteps = config.MicroSteps(model.ContextLength);
        _device = device(plan.Device);
        _onProcessor = managed != false && _device.type == DeviceType.CPU;
        if (_device.type == DeviceType.CUDA) TorchRuntime.AllowTf32(plan.Precision == TrainingPrecision.Tf32);
        var members = _onProcessor ? Members(model, config, plan.Threads) : 1;
        _team = new WorkerTeam(members, () => TorchRuntime.Prepare(Math.Max(1, plan.Threads / members)));
        _replicas = new Replica[members];
        for (var member = 0; member < members; member++)
        {
            var rows = (config.BatchSize * member / members)..(config.BatchSize * (member + 1) / members);
            var setup = new TrainableSetup(_device)
            {
                Shared = member == 0 ? null : _replicas[0].Model.Parameters,
                Bf16 = plan.Precision == TrainingPrecision.Bf16,
                Managed = managed,
            };
            _replicas[member] = new Replica(model, setup, rows, config, SequenceLength);
        }
        var settings = new AdamWSettings(config.Beta1, config.Beta2, config.Epsilon, config.WeightDecay, config.WeightDecayTarget == WeightDecayTarget.Everything);
        var muon = config.Optimizer == TrainingOptimizer.Muon
            ? new MuonSettings(config.MuonLearningRate == 0 ? 1 : config.MuonLearningRate / config.LearningRate, config.MuonMomentum, config.WeightDecay, config.MuonScale, plan.Precision == TrainingPrecision.Bf16)
            : null;
        _optimizer = _onProcessor
            ? new CpuOptimizer(Parameters, settings, muon, _team, [.. _replicas.Skip(1).Select(replica => replica.Model.Parameters)])
            : new DeviceOptimizer(Parameters, settings, muon);
        (_clock, _updates) = (new StepClock(_device), new UpdateMeter(Parameters.Values));
        _inputs = new int[config.BatchSize * SequenceLength];
        _targets = new int[_inputs.Length];
        _losses = new double[members];
    }

    /// <summary>Device, threads and precision.</summary>
    public TrainingPlan Plan { get; }

    /// <summary>Tokens in each sequence.</summary>
    public int SequenceLength { get; }

    /// <summary>The model's weights and gradients, for tests.</summary>
    internal FlatParameters Parameters => _replicas[0].Model.Parameters;

    /// <summary>Does one optimizer step.</summary>
    /// <param name="step">Its number, from 1.</param>
    /// <param name="next">Gives each micro-batch.</param>
    /// <param name="read">Whether the figures are wanted; reading them waits for the device.</param>
    /// <param name="measures">Whether those that cost more are wanted too: the update's length and, on a device, the times.</param>
    /// <returns>The figures; null where they were not wanted.</returns>
    /// <exception cref="TrainingDivergedException">The loss or the gradient's norm is read and no finite number; the weights were not changed by this step.</exception>
    public StepResult? Step(int step, BatchFiller next, bool read, bool measures = false)
    {
        var learningRate = LearningRateSchedule.At(_config, step);
        read |= _onProcessor; // costs nothing there
        using var scope = NewDisposeScope();
        _clock.Begin(measures);
        Tensor? total = null;
        var mean = 0.0;
        for (var micro = 0; micro < _microSteps; micro++)
        {
            var seed = SeedSequence.Derive(_config.Seed, SeedSequence.Purpose.Dropout, (ulong)step * (ulong)_microSteps + (ulong)micro);
            foreach (var replica in _replicas) replica.Model.Dropout.Seed = seed;
            if (_onProcessor) mean += Backward(next) / _microSteps;
            else total = BackwardOnDevice(next, total);
        }
        if (read && total is not null) mean = total.item<float>() / _microSteps;
        if (read && !double.IsFinite(mean)) throw Diverged("loss", mean, step, learningRate);
        var before = measures ? _updates.Remember() : null;
        _clock.End(StepPhase.Backward); // what the weights cost to copy counts little there, and as an update nowhere
        var norm = _optimizer.Step(step, learningRate, 1.0 / _microSteps, _config.GradientClip, read);
        if (norm is { } length && !double.IsFinite(length)) throw Diverged("norm of the gradient", length, step, learningRate);
        _clock.End(StepPhase.Optimizer);
        return read ? new StepResult(mean, norm!.Value, learningRate, before is null ? null : _updates.Measure(before)) : null;
    }

    /// <summary>Where the time went in the steps since the last call; null where none was measured.</summary>
    public StepTimes? TakeTimes() => _clock.Take();

    /// <summary>The most that the device could do.</summary>
    /// <param name="name">The device's name.</param>
    public PeakRate MeasurePeak(string name) => PeakRate.Of(Plan, name, _team);

    /// <summary>Mean loss over some micro-batches, in nats per token; changes nothing.</summary>
    /// <param name="next">Gives each.</param>
    /// <param name="batches">How many.</param>
    /// <param name="ct">Checked between micro-batches.</param>
    public double Evaluate(BatchFiller next, int batches, CancellationToken ct = default)
    {
        var sum = 0.0;
        for (var batch = 0; batch < batches; batch++)
        {
            ct.ThrowIfCancellationRequested();
            next(_inputs, _targets);
            _team.Run(member =>
            {
                using var noGradient = no_grad();
                using var scope = NewDisposeScope();
                _losses[member] = _replicas[member].Loss(_inputs, _targets).item<float>();
            });
            sum += _losses.Sum();
        }
        return sum / batches;
    }

    /// <summary>A copy of the weights as they are now.</summary>
    public ModelWeights Snapshot()
    {
        using var scope = NewDisposeScope();
        var flat = Parameters.Values.cpu();
        return Copy(TensorMemory.Floats(flat));
    }

    /// <summary>A copy of the gradients as they are now, by the names of the weights.</summary>
    internal ModelWeights SnapshotGradients()
    {
        using var scope = NewDisposeScope();
        return Copy(TensorMemory.Floats(Parameters.Gradients.cpu()));
    }

    /// <summary>Replaces the weights.</summary>
    /// <exception cref="ArgumentException">They are of another shape.</exception>
    public void Load(ModelWeights weights)
    {
        if (weights.Config != _modelConfig) throw new ArgumentException($"The weights are of a model {weights.Config}; expected {_modelConfig}.", nameof(weights));
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var staging = empty(Parameters.Count, float32, CPU);
        var flat = TensorMemory.Floats(staging);
        foreach (var weight in Parameters.Weights)
        {
            weights.Tensors[weight.Name].Values.Span.CopyTo(flat);
            flat = flat[weight.Count..];
        }
        Parameters.Values.copy_(staging);
        Parameters.RefreshWorking();
    }

    /// <summary>A copy of the optimizer's moments and momentum, by name.</summary>
    public OrderedDictionary<string, WeightTensor> ReadOptimizer()
    {
        var state = new OrderedDictionary<string, WeightTensor>(StringComparer.Ordinal);
        _optimizer.ReadState(state);
        return state;
    }

    /// <summary>Replaces the optimizer's moments and momentum.</summary>
    /// <exception cref="CheckpointException">Some are missing or of another shape.</exception>
    public void WriteOptimizer(IReadOnlyDictionary<string, WeightTensor> state) => _optimizer.WriteState(state);

    /// <summary>Does a forward and backward pass and leaves the gradients standing, for tests.</summary>
    internal double ComputeGradients(BatchFiller next)
    {
        if (_onProcessor)
        {
            var loss = Backward(next);
            ((CpuOptimizer)_optimizer).SumGradients();
            return loss;
        }
        using var scope = NewDisposeScope();
        return BackwardOnDevice(next, null).item<float>();
    }

    /// <summary>Forgets gradients that were left standing, for tests.</summary>
    internal void ClearGradients() => Parameters.ForgetGradients();

    /// <summary>Logits after each token of one sequence, (T, V), for tests.</summary>
    internal float[] Logits(ReadOnlySpan<int> tokens)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var ids = tensor([.. tokens.ToArray().Select(id => (long)id)], [1, tokens.Length], int64).to(_device);
        return TensorMemory.Floats(_replicas[0].Model.Forward(ids).to(float32).cpu().contiguous()).ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _team.Dispose();
        _optimizer.Dispose();
        foreach (var replica in _replicas.Reverse()) replica.Dispose(); // the first owns the weights
    }

    /// <summary>How many share the work by sequences; the rest of the threads share single operations.</summary>
    private static int Members(ModelConfig model, TrainingConfig config, int threads)
    {
        var affordable = 1 + MostReplicaBytes / (sizeof(float) * ModelArithmetic.ParameterCount(model));
        return (int)Math.Clamp(Math.Min(threads, config.BatchSize), 1, affordable);
    }

    /// <summary>Forward and backward of a micro-batch by the team; the gradients stand in the replicas.</summary>
    /// <returns>Its mean loss.</returns>
    private double Backward(BatchFiller next)
    {
        next(_inputs, _targets);
        _clock.End(StepPhase.Data);
        _team.Run(member =>
        {
            using var scope = NewDisposeScope();
            var loss = _replicas[member].Loss(_inputs, _targets);
            if (member == 0) _clock.End(StepPhase.Forward);
            loss.backward();
            HandedOut.Free();
            _replicas[member].Model.Parameters.GatherWorkingGradients();
            _losses[member] = loss.item<float>();
        });
        _clock.End(StepPhase.Backward);
        return _losses.Sum();
    }

    /// <summary>The same without waiting for the device.</summary>
    /// <returns>The losses so far, in the caller's dispose scope.</returns>
    private Tensor BackwardOnDevice(BatchFiller next, Tensor? total)
    {
        using var scope = NewDisposeScope();
        next(_inputs, _targets);
        _clock.End(StepPhase.Data);
        var loss = _replicas[0].Loss(_inputs, _targets);
        _clock.End(StepPhase.Forward);
        loss.backward();
        HandedOut.Free();
        Parameters.GatherWorkingGradients();
        _clock.End(StepPhase.Backward);
        return (total is null ? loss.detach() : total.Plus(loss.detach())).MoveToOuterDisposeScope();
    }

    private ModelWeights Copy(ReadOnlySpan<float> flat)
    {
        var tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach (var weight in Parameters.Weights)
        {
            tensors.Add(weight.Name, new WeightTensor(weight.Shape, flat[..weight.Count].ToArray()));
            flat = flat[weight.Count..];
        }
        return new ModelWeights { Config = _modelConfig, Tensors = tensors };
    }

    private TrainingDivergedException Diverged(string what, double value, int step, double learningRate)
    {
        var number = value.ToString("G6", CultureInfo.InvariantCulture);
        var rate = learningRate.ToString("G4", CultureInfo.InvariantCulture);
        var remedy = _config.GradientClip > 0 ? "a lower learning rate or a longer warm-up" : "a lower learning rate, a longer warm-up, or gradient clipping at 1";
        return new TrainingDivergedException(
            $"The training diverged: the {what} is {number} at step {step}, with a learning rate of {rate}. Try {remedy}. No checkpoint was written of this; the last good one is kept.");
    }
}
