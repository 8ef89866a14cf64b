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
    private float* _first;
    private float* _second;

    /// <param name="parameters">On the CPU; outlive the optimizer.</param>
    /// <param name="settings">Constants of the method.</param>
    public CpuAdamW(FlatParameters parameters, AdamWSettings settings)
    {
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
        var norm = gradientScale * Math.Sqrt(SquareSum());
        if (!double.IsFinite(norm)) return norm;
        if (clip > 0 && norm > clip) gradientScale *= clip / norm;
        AdamWKernel.Apply(_weights, _gradients, _first, _second, _decayed, new(_settings, step, learningRate, gradientScale, decays: true));
        AdamWKernel.Apply(
            _weights + _decayed, _gradients + _decayed, _first + _decayed, _second + _decayed, _count - _decayed,
            new(_settings, step, learningRate, gradientScale, decays: false));
        return norm;
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

    /// <summary>In blocks, each summed in fp32 while it is near, the blocks in double: no rounding that grows with the model.</summary>
    private double SquareSum()
    {
        const int Block = 4096;
        var sum = 0.0;
        for (long start = 0; start < _count; start += Block)
            sum += TensorPrimitives.SumOfSquares(new ReadOnlySpan<float>(_gradients + start, (int)Math.Min(Block, _count - start)));
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
