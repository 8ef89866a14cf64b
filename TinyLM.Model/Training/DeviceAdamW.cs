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
        if (gradientScale != 1) gradients.mul_((float)gradientScale);
        var norm = gradients.norm();
        double? read = readNorm ? norm.item<float>() : null;
        if (read is { } found && !double.IsFinite(found)) return read;
        if (clip > 0) gradients.mul_(norm.reciprocal().mul_((float)clip).clamp_max_(1));

        _first.mul_((float)_settings.Beta1).add_(gradients, (float)(1 - _settings.Beta1));
        _second.mul_((float)_settings.Beta2).addcmul_(gradients, gradients, (float)(1 - _settings.Beta2));
        var decayed = _settings.DecayEverything ? _parameters.Count : _parameters.MatrixCount;
        _parameters.Values.narrow(0, 0, decayed).mul_((float)(1 - learningRate * _settings.WeightDecay));
        var divisor = _second.mul((float)(1 / (1 - Math.Pow(_settings.Beta2, step)))).sqrt_().add_((float)_settings.Epsilon);
        var rate = learningRate / (1 - Math.Pow(_settings.Beta1, step));
        _parameters.Values.addcdiv_(_first, divisor, (float)-rate);
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

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }
}
