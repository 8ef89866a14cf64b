namespace TinyLM.Lab.Tests;

/// <summary>Tests that run TorchSharp: one after the other, since its threads and its speed belong to the whole process.</summary>
[CollectionDefinition(Name)]
public sealed class TorchTests
{
    public const string Name = "TorchSharp";
}
