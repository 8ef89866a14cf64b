using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Model.Training;

/// <summary>AdamW, and Muon where asked, in managed code over flat parameters in the machine's memory.</summary>
internal sealed unsafe class CpuOptimizer : IOptimizer
{
    private readonly AdamWSettings _settings;
    private readonly ParameterGroup _group;
    private readonly CpuMuon? _muon;
    private readonly FlatParameters _parameters;
    private readonly IReadOnlyList<FlatParameters> _others;
    private readonly float* _weights;
    private readonly ushort* _working;
    private readonly float* _gradients;
    private readonly float*[] _otherGradients;
    private readonly WorkerTeam _team;
    private float* _first;
    private float* _second;

    /// <param name="parameters">On the CPU; outlive the optimizer.</param>
    /// <param name="settings">AdamW's constants.</param>
    /// <param name="muon">Muon's; null leaves all weights to AdamW.</param>
    /// <param name="team">Who shares the work.</param>
    /// <param name="others">The team's other gradients, added to those of <paramref name="parameters"/> in this order.</param>
    public CpuOptimizer(FlatParameters parameters, AdamWSettings settings, MuonSettings? muon, WorkerTeam team, IReadOnlyList<FlatParameters> others)
    {
        (_team, _parameters, _others) = (team, parameters, others);
        _otherGradients = new float*[others.Count];
        for (var i = 0; i < others.Count; i++) _otherGradients[i] = (float*)TensorMemory.Address(others[i].Gradients);
        _settings = settings;
        _group = settings.Group(parameters, beside: muon);
        _weights = (float*)TensorMemory.Address(parameters.Values);
        _working = parameters.Working is { } working ? (ushort*)TensorMemory.Address(working) : null;
        _gradients = (float*)TensorMemory.Address(parameters.Gradients);
        _muon = muon is null ? null : new CpuMuon(parameters, muon, team.Count);
        _first = AlignedMemory.Allocate(_group.Count);
        _second = AlignedMemory.Allocate(_group.Count);
    }

    public double? Step(int step, double learningRate, double gradientScale, double clip, bool readNorm)
    {
        var norm = gradientScale * Math.Sqrt(SumGradients());
        if (!double.IsFinite(norm)) return norm;
        if (clip > 0 && norm > clip) gradientScale *= clip / norm;
        var decaying = new AdamWKernel.Constants(_settings, step, learningRate, gradientScale, decays: true);
        var keeping = new AdamWKernel.Constants(_settings, step, learningRate, gradientScale, decays: false);
        _team.Run(member =>
        {
            foreach (var stretch in _group.Stretches)
            {
                var (start, end) = _team.Part(stretch.Length, member);
                var constants = stretch.Decays ? decaying : keeping;
                var matrices = Math.Clamp(_parameters.MatrixCount - stretch.Start, start, end);
                Apply(stretch, start, matrices, _working, constants);
                Apply(stretch, matrices, end, null, constants);
            }
            _muon?.Step(member, learningRate, gradientScale);
        });
        foreach (var parameters in (FlatParameters[])[_parameters, .. _others]) parameters.ForgetGradients();
        return norm;
    }

    /// <summary>Adds up the team's gradients into the first one's.</summary>
    /// <returns>The sum of their squares.</returns>
    public double SumGradients()
    {
        var sums = new double[_team.Count];
        _team.Run(member =>
        {
            var (start, end) = _team.Part(_parameters.Count, member);
            sums[member] = SumGradients(start, end);
        });
        return sums.Sum();
    }

    public void ReadState(IDictionary<string, WeightTensor> state)
    {
        _group.Read(AdamWSettings.FirstMoment, Moments(_first), state);
        _group.Read(AdamWSettings.SecondMoment, Moments(_second), state);
        _muon?.ReadState(state);
    }

    public void WriteState(IReadOnlyDictionary<string, WeightTensor> state)
    {
        _group.Write(AdamWSettings.FirstMoment, Moments(_first), state);
        _group.Write(AdamWSettings.SecondMoment, Moments(_second), state);
        _muon?.WriteState(state);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_first);
        NativeMemory.AlignedFree(_second);
        _first = _second = null;
        _muon?.Dispose();
    }

    private void Apply(ParameterGroup.Stretch stretch, long start, long end, ushort* working, in AdamWKernel.Constants constants)
    {
        var (at, state) = (stretch.Start + start, stretch.StateStart + start);
        if (start < end) AdamWKernel.Apply(_weights + at, working is null ? null : working + at, _gradients + at, _first + state, _second + state, end - start, constants);
    }

    private Span<float> Moments(float* moments) => new(moments, checked((int)_group.Count));

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
            }
            sum += TensorPrimitives.SumOfSquares<float>(block);
        }
        return sum;
    }
}
