using TinyLM.Model.Corpora;
using TinyLM.Model.Tokenization;

namespace TinyLM.Benchmarks;

/// <summary>What the benchmarks read: stories of seed 1, and the vocabulary of the quick preset.</summary>
internal static class StoryTexts
{
    /// <summary>Tokens in the vocabulary.</summary>
    public const int VocabularySize = 2048;

    /// <summary>Bytes of text that a vocabulary is learned from.</summary>
    public const int TrainingBytes = 4_000_000;

    /// <summary>The first stories, as many whole ones as reach a number of bytes.</summary>
    public static string[] Read(int byteCount) => [.. new StoryCorpus(StorySet.World, 1, byteCount).ReadDocuments().Select(document => document.Text)];

    /// <summary>Learns the vocabulary.</summary>
    public static BpeVocabulary Train(string[] texts) => BpeTrainer.Train(texts, new BpeTrainingOptions { VocabularySize = VocabularySize });
}
