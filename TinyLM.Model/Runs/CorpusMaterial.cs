using System.Text.Json;
using TinyLM.Model.Corpora;
using TinyLM.Model.Data;
using TinyLM.Model.Tokenization;

namespace TinyLM.Model.Runs;

/// <summary>Makes of a corpus what a run learns from, in the library's folders.</summary>
/// <param name="corpus">The text.</param>
/// <param name="tokenizersPath">Folder of the library's tokenizers.</param>
/// <param name="datasetsPath">Folder of the library's datasets.</param>
/// <param name="clock">Tells the time of the event.</param>
internal sealed class CorpusMaterial(ICorpus corpus, string tokenizersPath, string datasetsPath, TimeProvider clock)
{
    /// <summary>Prepares or finds tokenizer and shards, and opens them.</summary>
    /// <inheritdoc cref="DatasetPreparation.Prepare"/>
    public RunMaterial Open(RunSpec spec, Action<string, double> progress, CancellationToken ct)
    {
        var context = spec.Model.ContextLength;
        var config = spec.Training;
        var prepared = DatasetPreparation.Prepare(corpus, spec.Data, spec.Tokenizer, context, tokenizersPath, datasetsPath, progress, ct);
        var tokenizer = TextTokenizer.Load(prepared.TokenizerPath);
        var train = TokenShard.Open(prepared.TrainPath);
        var validation = TokenShard.Open(prepared.ValidationPath);

        var length = config.LengthIn(context);
        var sampler = new BatchSampler(TrainingOrder.Of(config, train, length, tokenizer.EndOfTextId), config.BatchSize);
        var measured = new ValidationBatches(validation, config.BatchSize, length, config.EvaluationBatches);
        return new RunMaterial
        {
            Description = Describe(prepared.Info),
            TokenizerPath = prepared.TokenizerPath,
            EndOfTextId = tokenizer.EndOfTextId,
            NextBatch = sampler.Next,
            Epochs = () => sampler.Epochs,
            SavePosition = () => JsonSerializer.Serialize(sampler.State, RunJson.Line),
            RestorePosition = position => sampler.State = JsonSerializer.Deserialize<BatchSamplerState>(position, RunJson.Line)
                ?? throw new InvalidDataException($"'{position}' is no place in the training tokens."),
            StartValidation = () =>
            {
                measured.Restart();
                return measured.Next;
            },
            Encode = text => tokenizer.Encode(text),
            Decode = tokenizer.Decode,
            Owned = [train, validation],
        };
    }

    private DatasetEvent Describe(DatasetInfo info) => new()
    {
        Time = clock.GetUtcNow(),
        Dataset = info.Id,
        Tokenizer = info.Tokenizer,
        TrainSha256 = info.TrainSha256,
        TokenizerSha256 = info.TokenizerSha256,
        TrainTokens = info.TrainTokens,
        ValidationTokens = info.ValidationTokens,
        BytesPerToken = info.BytesPerToken,
        EntropyFloor = info.EntropyFloor,
        EntropyFloorIsUpperBound = info.EntropyFloorIsUpperBound,
    };
}
