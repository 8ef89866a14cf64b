using TinyLM.Model.Architectures;

namespace TinyLM.Lab.Tests.Model.Architectures;

public class WorkerMemoryTests
{
    private static readonly ModelConfig s_small = new() { VocabularySize = 4096, ContextLength = 256, EmbeddingSize = 256, LayerCount = 6, HeadCount = 8 };
    private static readonly ModelConfig s_quick = new() { VocabularySize = 1024, ContextLength = 128, EmbeddingSize = 128, LayerCount = 4, HeadCount = 4 };

    /// <summary>Worker processes, MB: VmHWM after 4 steps, two measurements of the loss and a checkpoint, fp32, 2 threads, on libtorch's functions (docs/training-memory.md).</summary>
    public static TheoryData<string, ModelConfig, int, bool, double> Measured => new()
    {
        { "quick", s_quick with { Family = ModelFamily.Llama, TiedHead = false }, 8, false, 339.6 },
        { "quick, GPT-2, 32 sequences", s_quick, 32, false, 460.5 },
        { "small", s_small, 16, false, 1176.8 },
        { "small, computed again", s_small, 16, true, 982.9 },
        { "small Llama", s_small with { Family = ModelFamily.Llama, KeyValueHeadCount = 4 }, 16, false, 1386.3 },
        { "wide", s_quick with { EmbeddingSize = 768, LayerCount = 6, HeadCount = 12 }, 2, false, 1929.7 },
        { "TinyStories 1M", new ModelConfig { VocabularySize = 4096, ContextLength = 512, EmbeddingSize = 64, LayerCount = 8, HeadCount = 16 }, 16, false, 858.6 },
        { "of an experiment", new ModelConfig { Family = ModelFamily.Llama, VocabularySize = 512, ContextLength = 128, EmbeddingSize = 16, LayerCount = 2, HeadCount = 1 }, 8, false, 240.4 },
    };

    [Theory]
    [MemberData(nameof(Measured))]
    public void Total_OfAMeasuredTraining_IsWithin15PercentOfItsPeak(string name, ModelConfig config, int batch, bool recomputes, double megabytes)
    {
        var total = WorkerMemory.Of(config, batch, 0, recomputes, threads: 2, fused: false).Total / 1e6;

        Assert.True(Math.Abs(total / megabytes - 1) < 0.15, $"{name}: {total:F0} MB expected, {megabytes:F0} measured.");
    }

    /// <summary>16N, 4N for a second replica, 12N for the checkpoint.</summary>
    [Fact]
    public void State_HasTheGradientsOfEachReplica()
    {
        var count = ModelArithmetic.ParameterCount(s_small);

        Assert.Equal((16 * count, 12 * count), (WorkerMemory.Of(s_small, 16, 0, false, 1).State, WorkerMemory.Of(s_small, 16, 0, false, 1).Checkpoint));
        Assert.Equal(28 * count, WorkerMemory.Of(s_small, 16, 0, false, 4).State);
        Assert.Equal(20 * count, WorkerMemory.Of(s_small, 2, 0, false, 4).State); // two sequences make two replicas
    }

    [Fact]
    public void Total_Fused_IsTheSmaller() =>
        Assert.True(WorkerMemory.Of(s_small, 16, 0, false, 2, fused: true).Total < WorkerMemory.Of(s_small, 16, 0, false, 2, fused: false).Total);
}
