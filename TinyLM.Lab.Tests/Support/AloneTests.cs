namespace TinyLM.Lab.Tests.Support;

/// <summary>Tests that measure the memory of this process: nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneTests
{
    /// <summary>Name of the collection.</summary>
    public const string Name = "alone";
}
