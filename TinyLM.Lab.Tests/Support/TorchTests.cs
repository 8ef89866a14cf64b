using TorchSharp;

namespace TinyLM.Lab.Tests;

/// <summary>Tests that run TorchSharp: one after the other, since its threads and its speed belong to the whole process.</summary>
[CollectionDefinition(Name)]
public sealed class TorchTests
{
    public const string Name = "TorchSharp";

    /// <summary>Tensors that are alive, once the finalizers have freed what earlier tests dropped.</summary>
    public static long CountTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }
}
