using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Training;

/// <summary>Muon over the block matrices of flat parameters in the machine's memory: each member of a team takes whole matrices.</summary>
/// <remarks>
/// Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/. Queries, keys and values are orthogonalised apart, as there.
/// Products are libtorch's, many matrices of a shape at once; momentum and weights are passes of managed code over a matrix
/// while it is near.
/// </remarks>
internal sealed unsafe class CpuMuon : IDisposable
{
    /// <summary>Numbers in the matrices that are taken at once: enough for libtorch's calls to cost nothing, little enough to stay near.</summary>
    private const long MostAtOnce = 1 << 19;

    private const string Buffer = "momentum_buffer"; // PyTorch's name

    private readonly MuonSettings _settings;
    private readonly ParameterGroup _group;
    private readonly float* _weights;
    private readonly ushort* _working;
    private readonly float* _gradients;
    private readonly MuonMatrix[][][] _work;
    private float* _momentum;

    /// <param name="parameters">On the CPU; outlive the optimizer.</param>
    /// <param name="settings">Constants of the method.</param>
    /// <param name="members">Who shares the work.</param>
    public CpuMuon(FlatParameters parameters, MuonSettings settings, int members)
    {
        _settings = settings;
        _group = MuonMatrix.Group(parameters);
        _weights = (float*)TensorMemory.Address(parameters.Values);
        _working = parameters.Working is { } working ? (ushort*)TensorMemory.Address(working) : null;
        _gradients = (float*)TensorMemory.Address(parameters.Gradients);
        _work = [.. MuonMatrix.Share(MuonMatrix.All(_group, parameters), members).Select(share => MuonMatrix.Batches(share, MostAtOnce))];
        _momentum = AlignedMemory.Allocate(_group.Count);
    }

    /// <summary>Does a member's part of a step; the gradients of its matrices are changed.</summary>
    /// <param name="member">From 0.</param>
    /// <param name="learningRate">AdamW's.</param>
    /// <param name="gradientScale">Multiplies the gradients before anything else.</param>
    public void Step(int member, double learningRate, double gradientScale)
    {
        using var noGradient = no_grad();
        foreach (var batch in _work[member])
        {
            using var scope = NewDisposeScope();
            var (rows, columns) = (batch[0].Rows, batch[0].Columns);
            var updates = empty([batch.Length, rows, columns], float32, CPU);
            var flat = TensorMemory.Floats(updates);
            for (var i = 0; i < batch.Length; i++) Gather(batch[i], (float)gradientScale, flat.Slice(i * batch[i].Count, batch[i].Count));
            var orthogonal = NewtonSchulz.Orthogonalize(_settings.Bf16 ? updates.to(bfloat16) : updates).to(float32);
            flat = TensorMemory.Floats(orthogonal);
            for (var i = 0; i < batch.Length; i++) Apply(batch[i], learningRate * _settings.RateRatio, flat.Slice(i * batch[i].Count, batch[i].Count));
        }
    }

    /// <summary>Copies the momentum out.</summary>
    public void ReadState(IDictionary<string, WeightTensor> state) => _group.Read(Buffer, Momentum, state);

    /// <summary>Replaces the momentum.</summary>
    public void WriteState(IReadOnlyDictionary<string, WeightTensor> state) => _group.Write(Buffer, Momentum, state);

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_momentum);
        _momentum = null;
    }

    private Span<float> Momentum => new(_momentum, checked((int)_group.Count));

    /// <summary>Momentum m ← μm + (1−μ)g and Nesterov's look ahead μm + (1−μ)g, brought to norm 1.</summary>
    private void Gather(MuonMatrix matrix, float gradientScale, Span<float> update)
    {
        var mu = (float)_settings.Momentum;
        var gradient = new Span<float>(_gradients + matrix.Start, matrix.Count);
        var momentum = new Span<float>(_momentum + matrix.StateStart, matrix.Count);
        TensorPrimitives.Multiply(gradient, (1 - mu) * gradientScale, gradient);
        TensorPrimitives.MultiplyAdd(momentum, mu, gradient, momentum);
        TensorPrimitives.MultiplyAdd(momentum, mu, gradient, update);
        var norm = TensorPrimitives.Norm<float>(update);
        TensorPrimitives.Multiply(update, 1 / Math.Max(norm, MuonMatrix.LeastNorm), update);
    }

    private void Apply(MuonMatrix matrix, double learningRate, ReadOnlySpan<float> orthogonal)
    {
        var weight = new Span<float>(_weights + matrix.Start, matrix.Count);
        TensorPrimitives.Multiply(weight, (float)(1 - learningRate * _settings.WeightDecay), weight);
        TensorPrimitives.MultiplyAdd(orthogonal, (float)(-learningRate * _settings.ScaleOf(matrix.Rows, matrix.Columns)), weight, weight);
        if (_working is not null) BrainFloat.Round(weight, new Span<ushort>(_working + matrix.Start, matrix.Count));
    }
}
