using TinyLM.Lab.Hosting;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Library;

/// <summary>Reads corpora from the data directory.</summary>
/// <param name="directory">The data directory.</param>
internal sealed class FertilityMeter(LabDirectory directory) : IFertilityMeter
{
    /// <inheritdoc/>
    public Task<FertilitySurvey> MeasureAsync(string corpusId, IReadOnlyList<TextTokenizer> tokenizers, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() =>
        {
            var corpus = CorpusSource.Open(directory, new DataSpec { Corpus = corpusId });
            var texts = corpus.ReadDocuments(cancellationToken).Select(document => document.Text);
            var bytes = progress is null ? null : new Fraction(progress, corpus.Info.ByteCount);
            return FertilitySurvey.Of(texts, tokenizers, bytes, cancellationToken);
        }, cancellationToken);

    private sealed class Fraction(IProgress<double> progress, long total) : IProgress<long>
    {
        public void Report(long value) => progress.Report(Math.Min(1, (double)value / Math.Max(1, total)));
    }
}
