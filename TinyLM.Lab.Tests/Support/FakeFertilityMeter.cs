using TinyLM.Lab.Library;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Measures the first documents of a corpus in memory.</summary>
public sealed class FakeFertilityMeter(FakeCorpusLibrary library) : IFertilityMeter
{
    /// <inheritdoc/>
    public async Task<FertilitySurvey> MeasureAsync(string corpusId, IReadOnlyList<TextTokenizer> tokenizers, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        var documents = await library.PreviewAsync(corpusId, 0, 100, 4000, cancellationToken);
        progress?.Report(0.5);
        return FertilitySurvey.Of(documents.Select(document => document.Text), tokenizers, ct: cancellationToken);
    }
}
