namespace TinyLM.Model.Training;

/// <summary>The devices that TorchSharp can train on here.</summary>
public static class TorchDevices
{
    /// <summary>Looks for devices and measures a small fp32 matrix product on each. Loads TorchSharp's native library: for the worker only.</summary>
    public static DeviceReport Describe() => throw new NotImplementedException();
}
