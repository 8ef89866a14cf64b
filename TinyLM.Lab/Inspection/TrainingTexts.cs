using TinyLM.Lab.Hosting;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Security;
using TinyLM.Model.Data;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Inspection;

/// <summary>Reads the token shards of runs. The first batch is drawn anew, by the seed of the run, as its worker drew it.</summary>
/// <param name="directory">Holds the shards.</param>
/// <param name="runs">Know what was asked and which shards they read.</param>
/// <param name="tokenizers">Turn tokens into text.</param>
/// <param name="models">Know the tokenizers of runs that learn from files of tokens.</param>
internal sealed class TrainingTexts(LabDirectory directory, [FromKeyedServices(Guarding.Inside)] IRunService runs, [FromKeyedServices(Guarding.Inside)] ITokenizerLibrary tokenizers, [FromKeyedServices(Guarding.Inside)] IModelHost models) : ITrainingTexts
{
    private const int BlockLength = 1 << 14;

    /// <inheritdoc/>
    public Task<FirstBatch> ReadFirstBatchAsync(string runId, CancellationToken cancellationToken = default) => ReadAsync(runId, isValidation: false, (spec, shard, tokenizer) =>
    {
        var length = spec.Training.LengthIn(spec.Model.ContextLength);
        return FirstBatch.Decode(TrainingOrder.FirstBatch(spec, shard, tokenizer.EndOfTextId), length, tokenizer);
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<int>?> ReadValidationDocumentAsync(string runId, int index, int length, CancellationToken cancellationToken = default) =>
        ReadAsync<IReadOnlyList<int>?>(runId, isValidation: true, (_, shard, tokenizer) => Document(shard, tokenizer.EndOfTextId, index, length), cancellationToken);

    private async Task<T> ReadAsync<T>(string runId, bool isValidation, Func<RunSpec, TokenShard, TextTokenizer, T> read, CancellationToken cancellationToken)
    {
        if (runs.Find(runId) is null || runs.OpenFeed(runId) is not { } feed) throw new TrainingTextException($"There is no run '{runId}'. It may have been deleted.");
        var spec = runs.GetSpec(runId);
        if (feed.Read(default).Dataset is not { } dataset) throw new TrainingTextException("The data of the run are not ready yet.");
        try
        {
            var tokenizer = await OpenTokenizerAsync(runId, spec, dataset, cancellationToken);
            return await Task.Run(() =>
            {
                using var shard = TokenShard.Open(PathOf(spec, dataset, isValidation));
                return read(spec, shard, tokenizer);
            }, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ShardFormatException or KeyNotFoundException or TokenizerFormatException or InvalidDataException or ArgumentException or ModelUnavailableException)
        {
            throw new TrainingTextException($"The tokens of the run cannot be read: {e.Message}", e);
        }
    }

    private async Task<TextTokenizer> OpenTokenizerAsync(string runId, RunSpec spec, DatasetEvent dataset, CancellationToken cancellationToken)
    {
        if (spec.Data.Tokens is null) return await tokenizers.OpenAsync(dataset.Tokenizer, cancellationToken);
        using var loan = await models.BorrowAsync(ModelReference.OfRun(runId), cancellationToken);
        return loan.Tokenizer;
    }

    private string PathOf(RunSpec spec, DatasetEvent dataset, bool isValidation) => spec.Data.Tokens is { } files
        ? isValidation ? files.Validation : files.Train
        : LabDirectory.IsName(dataset.Dataset)
            ? Path.Combine(directory.DatasetsPath, dataset.Dataset, isValidation ? "val.bin" : "train.bin")
            : throw new InvalidDataException($"'{dataset.Dataset}' is no id of a dataset.");

    /// <summary>The tokens of a document, found by the token that stands before each.</summary>
    private static List<int>? Document(TokenShard shard, int endOfTextId, int index, int length)
    {
        var block = new int[BlockLength];
        List<int>? found = null;
        var next = 0;
        for (long position = 0; position < shard.Count; position += BlockLength)
        {
            var part = block.AsSpan(0, (int)Math.Min(BlockLength, shard.Count - position));
            shard.Read(position, part);
            foreach (var token in part)
            {
                if (token == endOfTextId && next++ == index) found = [];
                else if (token == endOfTextId && found is not null) return found;
                if (found is null) continue;
                found.Add(token);
                if (found.Count == length) return found;
            }
        }
        return found;
    }
}
