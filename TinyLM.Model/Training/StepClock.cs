using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyLM.Model.Training;

/// <summary>Measures where the time of steps goes. A device works on behind the caller's back, so there each part ends by waiting for it, and only steps that are to be measured do.</summary>
/// <param name="device">Where the model is.</param>
internal sealed class StepClock(Device device)
{
    private readonly long[] _ticks = new long[4];
    private bool _isOn;
    private long _since;
    private int _steps;

    /// <summary>Begins a step.</summary>
    /// <param name="measures">Whether it may be slowed down to be measured.</param>
    public void Begin(bool measures)
    {
        _isOn = device.type == DeviceType.CPU || measures && device.type == DeviceType.CUDA;
        if (!_isOn) return;
        Wait();
        _since = Stopwatch.GetTimestamp();
        _steps++;
    }

    /// <summary>Ends a part of the step.</summary>
    public void End(StepPhase phase)
    {
        if (!_isOn) return;
        Wait();
        var now = Stopwatch.GetTimestamp();
        _ticks[(int)phase] += now - _since;
        _since = now;
    }

    /// <summary>The mean over the steps measured since the last call; null where there were none.</summary>
    public StepTimes? Take()
    {
        if (_steps == 0) return null;
        var times = new StepTimes(Seconds(StepPhase.Data), Seconds(StepPhase.Forward), Seconds(StepPhase.Backward), Seconds(StepPhase.Optimizer));
        Array.Clear(_ticks);
        _steps = 0;
        return times;
    }

    private float Seconds(StepPhase phase) => (float)Math.Round((double)_ticks[(int)phase] / _steps / Stopwatch.Frequency, 7);

    private void Wait()
    {
        if (device.type == DeviceType.CUDA) cuda.synchronize(device);
    }
}
