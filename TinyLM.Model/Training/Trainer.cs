using System.Globalization;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Training;

/// <summary>A model in training: steps, evaluation, and its state out and in. Belongs to the thread that made it.</summary>
internal sealed class Trainer : IDisposable
{
    private readonly TrainingConfig _config;
    private readonly TrainableGpt2 _model;
    private readonly IOptimizer _optimizer;
    private readonly Device _device;
    private readonly Tensor _inputs;
    private readonly Tensor _targets;
    private readonly int[] _inputIds;
    private readonly int[] _targetIds;

    /// <param name="model">Shape of the model; sound.</param>
    /// <param name="config">How it is trained; sound.</param>
    /// <param name="plan">Device, threads and precision.</param>
    /// <param name="decayEverything">Whether weight decay takes gains and biases too.</param>
    public Trainer(ModelConfig model, TrainingConfig config, TrainingPlan plan, bool decayEverything = false)
    {
        TorchRuntime.Prepare(plan.Threads);
        (_config, Plan) = (config, plan);
        _device = device(plan.Device);
        _model = new TrainableGpt2(model, _device) { Bf16 = plan.Precision == TrainingPrecision.Bf16 };
        var settings = new AdamWSettings(config.Beta1, config.Beta2, config.Epsilon, config.WeightDecay, decayEverything);
        _optimizer = _device.type == DeviceType.CPU ? new CpuAdamW(_model.Parameters, settings) : new DeviceAdamW(_model.Parameters, settings);
        SequenceLength = config.SequenceLength == 0 ? model.ContextLength : config.SequenceLength;
        _inputs = empty([config.BatchSize, SequenceLength], int64, CPU).DetachFromDisposeScope();
        _targets = empty([config.BatchSize, SequenceLength], int64, CPU).DetachFromDisposeScope();
        _inputIds = new int[config.BatchSize * SequenceLength];
        _targetIds = new int[_inputIds.Length];
    }

    /// <summary>Device, threads and precision.</summary>
    public TrainingPlan Plan { get; }

    /// <summary>Tokens in each sequence.</summary>
    public int SequenceLength { get; }

    /// <summary>The model's weights and gradients, for tests.</summary>
    internal FlatParameters Parameters => _model.Parameters;

    /// <summary>Does one optimizer step.</summary>
    /// <param name="step">Its number, from 1.</param>
    /// <param name="next">Gives each micro-batch.</param>
    /// <param name="read">Whether the figures are wanted; reading them waits for the device.</param>
    /// <returns>The figures; null where they were not wanted.</returns>
    /// <exception cref="TrainingDivergedException">The loss or the gradient's norm is read and no finite number; the weights were not changed by this step.</exception>
    public StepResult? Step(int step, BatchFiller next, bool read)
    {
        using var scope = NewDisposeScope();
        var learningRate = LearningRateSchedule.At(_config, step);
        Tensor? total = null;
        for (var micro = 0; micro < _config.GradientAccumulation; micro++)
        {
            using var microScope = NewDisposeScope();
            var loss = NextLoss(next);
            loss.backward();
            total = (total is null ? loss.detach() : total + loss.detach()).MoveToOuterDisposeScope();
        }
        read |= _device.type == DeviceType.CPU; // costs nothing there
        double? mean = read ? total!.item<float>() / _config.GradientAccumulation : null;
        if (mean is { } found && !double.IsFinite(found)) throw Diverged("loss", found, step, learningRate);
        var norm = _optimizer.Step(step, learningRate, 1.0 / _config.GradientAccumulation, _config.GradientClip, read);
        if (norm is { } length && !double.IsFinite(length)) throw Diverged("norm of the gradient", length, step, learningRate);
        return mean is { } value ? new StepResult(value, norm!.Value, learningRate) : null;
    }

    /// <summary>Mean loss over some micro-batches, in nats per token; changes nothing.</summary>
    /// <param name="next">Gives each.</param>
    /// <param name="batches">How many.</param>
    /// <param name="ct">Checked between micro-batches.</param>
    public double Evaluate(BatchFiller next, int batches, CancellationToken ct = default)
    {
        using var noGradient = no_grad();
        var sum = 0.0;
        for (var batch = 0; batch < batches; batch++)
        {
            ct.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            sum += NextLoss(next).item<float>();
        }
        return sum / batches;
    }

    /// <summary>A copy of the weights as they are now.</summary>
    public ModelWeights Snapshot()
    {
        using var scope = NewDisposeScope();
        var flat = _model.Parameters.Values.cpu();
        return Copy(TensorMemory.Floats(flat));
    }

    /// <summary>A copy of the gradients as they are now, by the names of the weights.</summary>
    internal ModelWeights SnapshotGradients()
    {
        using var scope = NewDisposeScope();
        return Copy(TensorMemory.Floats(_model.Parameters.Gradients.cpu()));
    }

    /// <summary>Replaces the weights.</summary>
    /// <exception cref="ArgumentException">They are of another shape.</exception>
    public void Load(ModelWeights weights)
    {
        if (weights.Config != _model.Config) throw new ArgumentException($"The weights are of a model {weights.Config}; expected {_model.Config}.", nameof(weights));
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var staging = empty(_model.Parameters.Count, float32, CPU);
        var flat = TensorMemory.Floats(staging);
        foreach (var weight in _model.Parameters.Weights)
        {
            weights.Tensors[weight.Name].Values.Span.CopyTo(flat);
            flat = flat[weight.Count..];
        }
        _model.Parameters.Values.copy_(staging);
    }

    /// <summary>Copies of AdamW's moments, in the order of the parameters.</summary>
    public (float[] First, float[] Second) ReadMoments()
    {
        var count = checked((int)_model.Parameters.Count);
        var (first, second) = (new float[count], new float[count]);
        _optimizer.ReadMoments(first, second);
        return (first, second);
    }

    /// <summary>Replaces AdamW's moments.</summary>
    public void WriteMoments(ReadOnlySpan<float> first, ReadOnlySpan<float> second) => _optimizer.WriteMoments(first, second);

    /// <summary>Does a forward and backward pass and leaves the gradients standing, for tests.</summary>
    internal double ComputeGradients(BatchFiller next)
    {
        using var scope = NewDisposeScope();
        var loss = NextLoss(next);
        loss.backward();
        return loss.item<float>();
    }

    /// <summary>Forgets gradients that were left standing, for tests.</summary>
    internal void ClearGradients() => TensorMemory.Floats(_model.Parameters.Gradients).Clear();

    /// <summary>Logits after each token of one sequence, (T, V), for tests.</summary>
    internal float[] Logits(ReadOnlySpan<int> tokens)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var ids = tensor([.. tokens.ToArray().Select(id => (long)id)], [1, tokens.Length], int64).to(_device);
        return TensorMemory.Floats(_model.Forward(ids).to(float32).cpu().contiguous()).ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
        _inputs.Dispose();
        _targets.Dispose();
    }

    private Tensor NextLoss(BatchFiller next)
    {
        next(_inputIds, _targetIds);
        Widen(_inputIds, TensorMemory.Longs(_inputs));
        Widen(_targetIds, TensorMemory.Longs(_targets));
        return _device.type == DeviceType.CPU ? _model.Loss(_inputs, _targets) : _model.Loss(_inputs.to(_device), _targets.to(_device));
    }

    private static void Widen(ReadOnlySpan<int> ids, Span<long> target)
    {
        for (var i = 0; i < ids.Length; i++) target[i] = ids[i];
    }

    private ModelWeights Copy(ReadOnlySpan<float> flat)
    {
        var tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach (var weight in _model.Parameters.Weights)
        {
            tensors.Add(weight.Name, new WeightTensor(weight.Shape, flat[..weight.Count].ToArray()));
            flat = flat[weight.Count..];
        }
        return new ModelWeights { Config = _model.Config, Tensors = tensors };
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
