using System.Runtime.CompilerServices;
using TinyLM.Lab.Models;
using TinyLM.Model.Architectures;
using TinyLM.Model.Generation;
using TinyLM.Model.Inference;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Support;

/// <summary>A model that writes what a test gives it, word by word, as fast as the test lets it.</summary>
public sealed class FakeModelHost : IModelHost
{
    /// <summary>What it writes.</summary>
    public IReadOnlyList<string> Words { get; set; } = [" there", " was", " a", " fox", "."];

    /// <summary>Held before each word but the first, if set, until it is released once a word.</summary>
    public SemaphoreSlim? Gate { get; set; }

    /// <summary>Thrown in place of the first word, if set.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>Steps of the checkpoints that there are.</summary>
    public IReadOnlyList<int> Checkpoints { get; set; } = [250, 500];

    /// <summary>What was asked for.</summary>
    public List<(ModelReference Model, TextRequest Request)> Requests { get; } = [];

    /// <summary>Shape of the models that it lends: 256 bytes and the end-of-text token.</summary>
    public ModelConfig Config { get; set; } = new() { VocabularySize = 257, ContextLength = 160, EmbeddingSize = 16, LayerCount = 2, HeadCount = 2 };

    /// <summary>Models that were lent.</summary>
    public List<ModelReference> Loans { get; } = [];

    /// <inheritdoc/>
    public Task<ModelLoan> BorrowAsync(ModelReference model, CancellationToken cancellationToken = default)
    {
        if (Refusal is not null) throw Refusal;
        Loans.Add(model);
        var step = model.Step ?? Checkpoints[^1];
        return Task.FromResult(new ModelLoan(
            LanguageModel.Create(TestWeights.Random(Config, step)), TextTokenizer.Create(new BpeVocabulary(SplitPattern.Gpt2, [])), $"step {step}", step, () => { }));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<int>> ListCheckpointsAsync(string runId) => ValueTask.FromResult(Checkpoints);

    /// <summary>How often it was asked what may follow.</summary>
    public int PredictionCount { get; private set; }

    /// <inheritdoc/>
    public Task<NextToken> PredictAsync(ModelReference model, TextRequest request, CancellationToken cancellationToken = default)
    {
        PredictionCount++;
        return Refusal is null ? Task.FromResult(new NextToken([3, 2, 1, 0, -1], new TokenHistory(), allowed: null, id => Words[id % Words.Count])) : Task.FromException<NextToken>(Refusal);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<GeneratedPiece> GenerateAsync(ModelReference model, TextRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        lock (Requests) Requests.Add((model, request));
        if (Refusal is not null) throw Refusal;
        for (var i = 0; i < Words.Count; i++)
        {
            if (i > 0 && Gate is not null) await Gate.WaitAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            yield return new GeneratedPiece(Words[i], i, -0.5 * i, i == Words.Count - 1 ? FinishReason.EndOfText : null);
        }
    }
}
