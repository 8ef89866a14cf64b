using TinyLM.Model.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Training;

/// <summary>AdamW as a dozen operations over flat tensors, for parameters on a graphics card; nothing waits for the device.</summary>
internal sealed class DeviceAdamW : IOptimizer
{
    private readonly AdamWSettings _settings;
    private readonly FlatParameters _parameters;
    private readonly Tensor _first;
    private readonly Tensor _second;

    /// <param name="parameters">Outlive the optimizer.</param>
    /// <param name="settings">Constants of the method.</param>
    public DeviceAdamW(FlatParameters parameters, AdamWSettings settings)
    {
        (_parameters, _settings) = (parameters, settings);
        _first = zeros_like(parameters.Values).DetachFromDisposeScope();
        _second = zeros_like(parameters.Values).DetachFromDisposeScope();
    }

    public double? Step(int step, double learningRate, double gradientScale, double clip, bool readNorm)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var gradients = _parameters.Gradients;
        if (gradientScale != 1) Scale(gradients, gradientScale);
        var norm = gradients.norm();
        double? read = readNorm ? norm.item<float>() : null;
        if (read is { } found && !double.IsFinite(found)) return read;
        if (clip > 0) Clip(gradients, norm, clip);

        // Scalars are held until the end: TensorArithmetic says why.
        using var firstShare = ((float)(1 - _settings.Beta1)).ToScalar();
        using var secondShare = ((float)(1 - _settings.Beta2)).ToScalar();
        using var epsilon = ((float)_settings.Epsilon).ToScalar();
        using var rate = ((float)(-learningRate / (1 - Math.Pow(_settings.Beta1, step)))).ToScalar();
        Scale(_first, _settings.Beta1).add_(gradients, firstShare);
        Scale(_second, _settings.Beta2).addcmul_(gradients, gradients, secondShare);
        var decayed = _settings.DecayEverything ? _parameters.Count : _parameters.MatrixCount;
        Scale(_parameters.Values.narrow(0, 0, decayed), 1 - learningRate * _settings.WeightDecay);
        var divisor = _second.Times((float)(1 / (1 - Math.Pow(_settings.Beta2, step)))).sqrt_().add_(epsilon);
        _parameters.Values.addcdiv_(_first, divisor, rate);
        gradients.zero_();
        return read;
    }

    public void ReadMoments(Span<float> first, Span<float> second)
    {
        using var scope = NewDisposeScope();
        TensorMemory.Floats(_first.cpu()).CopyTo(first);
        TensorMemory.Floats(_second.cpu()).CopyTo(second);
    }

    public void WriteMoments(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        using var scope = NewDisposeScope();
        using var staging = empty(_parameters.Count, float32, CPU);
        first.CopyTo(TensorMemory.Floats(staging));
        _first.copy_(staging);
        second.CopyTo(TensorMemory.Floats(staging));
        _second.copy_(staging);
    }

    private static Tensor Scale(Tensor numbers, double factor)
    {
        using var held = ((float)factor).ToScalar();
        return numbers.mul_(held);
    }

    private static void Clip(Tensor gradients, Tensor norm, double clip)
    {
        using var one = 1.ToScalar();
        gradients.mul_(Scale(norm.reciprocal(), clip).clamp_max_(one));
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }
}
