using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Training;

/// <summary>Muon over the block matrices of flat parameters on a graphics card, all matrices of a shape at once.</summary>
/// <remarks>As <see cref="CpuMuon"/>; Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/.</remarks>
internal sealed class DeviceMuon : IDisposable
{
    /// <summary>Numbers in the matrices that are taken at once: 512 MB with what the iteration needs.</summary>
    private const long MostAtOnce = 1 << 25;

    private const string Buffer = "momentum_buffer";

    private readonly MuonSettings _settings;
    private readonly FlatParameters _parameters;
    private readonly ParameterGroup _group;
    private readonly MuonMatrix[][] _batches;
    private readonly Tensor _momentum;

    /// <param name="parameters">Outlive the optimizer.</param>
    /// <param name="settings">Constants of the method.</param>
    public DeviceMuon(FlatParameters parameters, MuonSettings settings)
    {
        (_parameters, _settings, _group) = (parameters, settings, MuonMatrix.Group(parameters));
        _batches = MuonMatrix.Batches(MuonMatrix.All(_group, parameters), MostAtOnce);
        _momentum = zeros(_group.Count, float32, parameters.Values.device).DetachFromDisposeScope();
    }

    /// <summary>Updates the weights; the gradients are scaled already, and changed.</summary>
    /// <param name="learningRate">AdamW's.</param>
    public void Step(double learningRate)
    {
        using var least = MuonMatrix.LeastNorm.ToScalar();
        var rate = learningRate * _settings.RateRatio;
        foreach (var stretch in _group.Stretches)
        {
            using var scope = NewDisposeScope();
            var gradient = _parameters.Gradients.narrow(0, stretch.Start, stretch.Length).Scale(1 - _settings.Momentum);
            var momentum = _momentum.narrow(0, stretch.StateStart, stretch.Length).Scale(_settings.Momentum).Add(gradient, 1);
            gradient.Add(momentum, _settings.Momentum);
            _parameters.Values.narrow(0, stretch.Start, stretch.Length).Scale(1 - rate * _settings.WeightDecay);
        }
        foreach (var batch in _batches)
        {
            using var scope = NewDisposeScope();
            var (rows, columns) = (batch[0].Rows, batch[0].Columns);
            var updates = stack(batch.Select(matrix => _parameters.Gradients.narrow(0, matrix.Start, matrix.Count).view(rows, columns)));
            updates.div_(linalg.vector_norm(updates, dims: [1, 2], keepdim: true).clamp_min_(least));
            var orthogonal = NewtonSchulz.Orthogonalize(_settings.Bf16 ? updates.to(bfloat16) : updates).to(float32);
            for (var i = 0; i < batch.Length; i++)
                _parameters.Values.narrow(0, batch[i].Start, batch[i].Count).Add(orthogonal[i].view(-1), -rate * _settings.ScaleOf(rows, columns));
        }
    }

    /// <summary>Copies the momentum out.</summary>
    public void ReadState(IDictionary<string, WeightTensor> state)
    {
        using var momentum = _momentum.cpu();
        _group.Read(Buffer, TensorMemory.Floats(momentum), state);
    }

    /// <summary>Replaces the momentum.</summary>
    public void WriteState(IReadOnlyDictionary<string, WeightTensor> state)
    {
        using var staging = empty(_group.Count, float32, CPU);
        _group.Write(Buffer, TensorMemory.Floats(staging), state);
        _momentum.copy_(staging);
    }

    /// <inheritdoc/>
    public void Dispose() => _momentum.Dispose();
}
