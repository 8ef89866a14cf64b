using BenchmarkDotNet.Attributes;
using TinyLM.Model.Tokenization;

namespace TinyLM.Benchmarks;

/// <summary>Learning a vocabulary and cutting stories into its tokens, on one thread each.</summary>
public class TokenizerBenchmarks
{
    private const int EncodedBytes = 8_000_000;

    private readonly List<int> _ids = new(EncodedBytes);
    private string[] _texts = [];
    private BpeVocabulary _vocabulary = new(SplitPattern.Gpt2, []);
    private TextTokenizer _tokenizer = TextTokenizer.Create(new BpeVocabulary(SplitPattern.Gpt2, []));

    /// <summary>Writes what is learned from.</summary>
    [GlobalSetup(Target = nameof(Train))]
    public void WriteTrainingTexts() => _texts = StoryTexts.Read(StoryTexts.TrainingBytes);

    /// <summary>Learns the vocabulary and writes what is encoded.</summary>
    [GlobalSetup(Targets = [nameof(EncodeFirst), nameof(EncodeAgain)])]
    public void PrepareEncoding()
    {
        _vocabulary = StoryTexts.Train(StoryTexts.Read(StoryTexts.TrainingBytes));
        _tokenizer = TextTokenizer.Create(_vocabulary);
        _texts = StoryTexts.Read(EncodedBytes);
        Encode(_tokenizer);
    }

    /// <summary>2,048 tokens, as the quick preset has them.</summary>
    /// <returns>The vocabulary.</returns>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Train")]
    [BytesPerOperation(StoryTexts.TrainingBytes)]
    public BpeVocabulary Train() => StoryTexts.Train(_texts);

    /// <summary>By a tokenizer that has seen no text yet; making it counts too.</summary>
    /// <returns>Number of tokens.</returns>
    [Benchmark]
    [BenchmarkCategory("Encode")]
    [BytesPerOperation(EncodedBytes)]
    public int EncodeFirst() => Encode(TextTokenizer.Create(_vocabulary));

    /// <summary>By one that remembers the chunks of this text.</summary>
    /// <returns>Number of tokens.</returns>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Encode")]
    [BytesPerOperation(EncodedBytes)]
    public int EncodeAgain() => Encode(_tokenizer);

    private int Encode(TextTokenizer tokenizer)
    {
        _ids.Clear();
        foreach (var text in _texts) tokenizer.Encode(text, _ids);
        return _ids.Count;
    }
}
