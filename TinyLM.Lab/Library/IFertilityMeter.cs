using TinyLM.Model.Corpora;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Library;

/// <summary>Compares tokenizers over whole corpora of the library.</summary>
public interface IFertilityMeter
{
    /// <summary>Cuts a corpus with each tokenizer, away from the caller's thread.</summary>
    /// <param name="corpusId">The corpus.</param>
    /// <param name="tokenizers">The tokenizers.</param>
    /// <param name="progress">Told the fraction of the text that is done, on any thread.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CorpusFormatException">There is no such corpus, or it is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    Task<FertilitySurvey> MeasureAsync(string corpusId, IReadOnlyList<TextTokenizer> tokenizers, IProgress<double>? progress = null, CancellationToken cancellationToken = default);
}
