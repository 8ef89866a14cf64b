using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TinyLM.Model.Architectures;

namespace TinyLM.Model.Training;

/// <summary>AdamW in managed code over flat parameters in the machine's memory.</summary>
internal sealed unsafe class CpuAdamW : IOptimizer
{
    private const int Alignment = 64;
    private readonly AdamWSettings _settings;
    private readonly long _count;
    private readonly long _decayed;
    private readonly float* _weights;
    private readonly float* _gradients;
    private readonly float*[] _otherGradients;
    private readonly WorkerTeam _team;
    private float* _first;
    private float* _second;

    /// <param name="parameters">On the CPU; outlive the optimizer.</param>
    /// <param name="settings">Constants of the method.</param>
    /// <param name="team">Who shares the work.</param>
    /// <param name="others">The team's other gradients, added to those of <paramref name="parameters"/> in this order.</param>
    public CpuAdamW(FlatParameters parameters, AdamWSettings settings, WorkerTeam team, IReadOnlyList<FlatParameters> others)
    {
        _team = team;
        _otherGradients = new float*[others.Count];
        for (var i = 0; i < others.Count; i++) _otherGradients[i] = (float*)TensorMemory.Address(others[i].Gradients);
        _settings = settings;
        _count = parameters.Count;
        _decayed = settings.DecayEverything ? parameters.Count : parameters.MatrixCount;
        _weights = (float*)TensorMemory.Address(parameters.Values);
        _gradients = (float*)TensorMemory.Address(parameters.Gradients);
        _first = Allocate();
        _second = Allocate();
    }

    public double? Step(int step, double learningRate, double gradientScale, double clip, bool readNorm)
    {
        var norm = gradientScale * Math.Sqrt(SumGradients());
        if (!double.IsFinite(norm)) return norm;
        if (clip > 0 && norm > clip) gradientScale *= clip / norm;
        var onMatrices = new AdamWKernel.Constants(_settings, step, learningRate, gradientScale, decays: true);
        var onOthers = new AdamWKernel.Constants(_settings, step, learningRate, gradientScale, decays: false);
        _team.Run(member =>
        {
            var (start, end) = _team.Part(_count, member);
            var middle = Math.Clamp(_decayed, start, end);
            Apply(start, middle, onMatrices);
            Apply(middle, end, onOthers);
        });
        return norm;
    }

    /// <summary>Adds up the team's gradients into the first one's.</summary>
    /// <returns>The sum of their squares.</returns>
    public double SumGradients()
    {
        var sums = new double[_team.Count];
        _team.Run(member =>
        {
            var (start, end) = _team.Part(_count, member);
            sums[member] = SumGradients(start, end);
        });
        return sums.Sum();
    }

    public void ReadMoments(Span<float> first, Span<float> second)
    {
        new Span<float>(_first, checked((int)_count)).CopyTo(first);
        new Span<float>(_second, checked((int)_count)).CopyTo(second);
    }

    public void WriteMoments(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        first.CopyTo(new Span<float>(_first, checked((int)_count)));
        second.CopyTo(new Span<float>(_second, checked((int)_count)));
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_first);
        NativeMemory.AlignedFree(_second);
        _first = _second = null;
    }

    private void Apply(long start, long end, in AdamWKernel.Constants constants) =>
        AdamWKernel.Apply(_weights + start, _gradients + start, _first + start, _second + start, end - start, constants);

    /// <summary>In blocks, each summed in fp32 while it is near, the blocks in double: no rounding that grows with the model.</summary>
    private double SumGradients(long start, long end)
    {
        const int Block = 4096;
        var sum = 0.0;
        for (; start < end; start += Block)
        {
            var length = (int)Math.Min(Block, end - start);
            var block = new Span<float>(_gradients + start, length);
            foreach (var gradients in _otherGradients)
            {
                var other = new Span<float>(gradients + start, length);
                TensorPrimitives.Add(block, other, block);
                other.Clear();
            }
            sum += TensorPrimitives.SumOfSquares<float>(block);
        }
        return sum;
    }

    private float* Allocate()
    {
        var bytes = checked((nuint)_count * sizeof(float));
        var memory = (float*)NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(memory, bytes);
        return memory;
    }
}
