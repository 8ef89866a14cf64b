using TinyLM.Model.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Training;

/// <summary>One member's copy of the model: the weights are everybody's, the gradients its own; it works on some rows of each batch.</summary>
/// <remarks>
/// On a processor, members that each compute some sequences on one thread come faster through a small model than threads that
/// share each operation: nothing waits at the end of every operation, and where another program takes a core, nothing spins.
/// </remarks>
internal sealed class Replica : IDisposable
{
    private readonly Tensor _inputs;
    private readonly Tensor _targets;
    private readonly int _firstToken;
    private readonly long _batchTokens;
    private readonly Device _device;

    /// <param name="model">Shape.</param>
    /// <param name="setup">Where and how; whose weights it uses.</param>
    /// <param name="rows">Rows of the batch that are its own.</param>
    /// <param name="config">Size of the whole batch.</param>
    /// <param name="length">Tokens in each row.</param>
    public Replica(ModelConfig model, TrainableSetup setup, Range rows, TrainingConfig config, int length)
    {
        var (first, count) = rows.GetOffsetAndLength(config.BatchSize);
        Model = TrainableModel.Create(model, setup);
        Model.Recomputes = config.Activations == ActivationStorage.Recompute;
        Model.Dropout = new Dropout(config.Dropout) { FirstSequence = first };
        (_device, _firstToken, _batchTokens) = (setup.Device, first * length, (long)config.BatchSize * length);
        _inputs = empty([count, length], int64, CPU).DetachFromDisposeScope();
        _targets = empty([count, length], int64, CPU).DetachFromDisposeScope();
    }

    /// <summary>The model; owned here.</summary>
    public TrainableModel Model { get; }

    /// <summary>Its share of the mean loss of the batch, in the caller's dispose scope.</summary>
    public Tensor Loss(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets)
    {
        Widen(inputs[_firstToken..], TensorMemory.Longs(_inputs));
        Widen(targets[_firstToken..], TensorMemory.Longs(_targets));
        return _device.type == DeviceType.CPU
            ? Model.Loss(_inputs, _targets, _batchTokens)
            : Model.Loss(_inputs.to(_device), _targets.to(_device), _batchTokens);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
        _inputs.Dispose();
        _targets.Dispose();
    }

    private static void Widen(ReadOnlySpan<int> ids, Span<long> target)
    {
        for (var i = 0; i < target.Length; i++) target[i] = ids[i];
    }
}
