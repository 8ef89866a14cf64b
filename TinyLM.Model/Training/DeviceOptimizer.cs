using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Training;

/// <summary>AdamW, and Muon where asked, as some operations over flat tensors, for parameters on a graphics card; nothing waits for the device.</summary>
internal sealed class DeviceOptimizer : IOptimizer
{
    private readonly AdamWSettings _settings;
    private readonly FlatParameters _parameters;
    private readonly ParameterGroup _group;
    private readonly DeviceMuon? _muon;
    private readonly Tensor _first;
    private readonly Tensor _second;

    /// <param name="parameters">Outlive the optimizer.</param>
    /// <param name="settings">AdamW's constants.</param>
    /// <param name="muon">Muon's; null leaves all weights to AdamW.</param>
    public DeviceOptimizer(FlatParameters parameters, AdamWSettings settings, MuonSettings? muon)
    {
        (_parameters, _settings) = (parameters, settings);
        _group = settings.Group(parameters, beside: muon);
        _muon = muon is null ? null : new DeviceMuon(parameters, muon);
        _first = zeros(_group.Count, parameters.Values.dtype, parameters.Values.device).DetachFromDisposeScope();
        _second = zeros_like(_first).DetachFromDisposeScope();
    }

    public double? Step(int step, double learningRate, double gradientScale, double clip, bool readNorm)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var gradients = _parameters.Gradients;
        if (gradientScale != 1) gradients.Scale(gradientScale);
        var norm = gradients.norm();
        double? read = readNorm ? norm.to(float64).item<double>() : null;
        if (read is { } found && !double.IsFinite(found)) return read;
        if (clip > 0) Clip(gradients, norm, clip);

        // Held until the end: TensorArithmetic says why.
        using var secondShare = (1 - _settings.Beta2).ToScalar();
        using var rate = (-learningRate / (1 - Math.Pow(_settings.Beta1, step))).ToScalar();
        foreach (var stretch in _group.Stretches)
        {
            var weights = _parameters.Values.narrow(0, stretch.Start, stretch.Length);
            var gradient = gradients.narrow(0, stretch.Start, stretch.Length);
            var first = _first.narrow(0, stretch.StateStart, stretch.Length);
            var second = _second.narrow(0, stretch.StateStart, stretch.Length);
            first.Scale(_settings.Beta1).Add(gradient, 1 - _settings.Beta1);
            second.Scale(_settings.Beta2).addcmul_(gradient, gradient, secondShare);
            if (stretch.Decays) weights.Scale(1 - learningRate * _settings.WeightDecay);
            weights.addcdiv_(first, second.Times(1 / (1 - Math.Pow(_settings.Beta2, step))).sqrt_().Shift(_settings.Epsilon), rate);
        }
        _muon?.Step(learningRate);
        _parameters.ForgetGradients();
        _parameters.RefreshWorking();
        return read;
    }

    public void ReadState(IDictionary<string, WeightTensor> state)
    {
        using var scope = NewDisposeScope();
        _group.Read(AdamWSettings.FirstMoment, TensorMemory.Floats(_first.cpu()), state);
        _group.Read(AdamWSettings.SecondMoment, TensorMemory.Floats(_second.cpu()), state);
        _muon?.ReadState(state);
    }

    public void WriteState(IReadOnlyDictionary<string, WeightTensor> state)
    {
        using var scope = NewDisposeScope();
        using var staging = empty(_group.Count, float32, CPU);
        _group.Write(AdamWSettings.FirstMoment, TensorMemory.Floats(staging), state);
        _first.copy_(staging);
        _group.Write(AdamWSettings.SecondMoment, TensorMemory.Floats(staging), state);
        _second.copy_(staging);
        _muon?.WriteState(state);
    }

    private static void Clip(Tensor gradients, Tensor norm, double clip)
    {
        using var one = 1.ToScalar();
        gradients.mul_(norm.reciprocal().Scale(clip).clamp_max_(one));
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _muon?.Dispose();
    }
}
