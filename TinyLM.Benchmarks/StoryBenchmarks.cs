using BenchmarkDotNet.Attributes;
using TinyLM.Model.Corpora;

namespace TinyLM.Benchmarks;

/// <summary>How fast the story world writes, on one thread.</summary>
public class StoryBenchmarks
{
    private const int ByteCount = 8_000_000;

    private ulong _seed; // another one each time: nothing may be learned of the last stories

    /// <summary>As preparation reads it: each story a string, with its probability.</summary>
    /// <returns>Something that depends on each story.</returns>
    [Benchmark(Baseline = true)]
    [BytesPerOperation(ByteCount)]
    public double ReadDocuments()
    {
        var sum = 0.0;
        foreach (var document in new StoryCorpus(StorySet.World, _seed++, ByteCount).ReadDocuments()) sum += document.LogProbability ?? 0;
        return sum;
    }

    /// <summary>Into one buffer, to count documents and bytes.</summary>
    /// <returns>The bytes.</returns>
    [Benchmark]
    [BytesPerOperation(ByteCount)]
    public long Count() => new StoryCorpus(StorySet.World, _seed++, ByteCount).Info.ByteCount;
}
