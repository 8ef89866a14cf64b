using System.Security.Cryptography;
using System.Text.Json;
using TinyLM.Model.Data;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Training;

namespace TinyLM.Model.Runs;

/// <summary>Opens files of tokens that another program cut, for a run to learn from.</summary>
/// <param name="tokenizerPath">The tokenizer of the model that the run begins with; null where it has none, and then the run writes no samples.</param>
/// <param name="clock">Tells the time of the event.</param>
internal sealed class TokenFileMaterial(string? tokenizerPath, TimeProvider clock)
{
    /// <summary>Opens the files, and looks at every token.</summary>
    /// <exception cref="ShardFormatException">A file is no sound shard, or has tokens beyond the vocabulary.</exception>
    /// <exception cref="InvalidDataException">A file is missing or too short.</exception>
    public RunMaterial Open(RunSpec spec, Action<string, double> progress, CancellationToken ct)
    {
        var files = spec.Data.Tokens!;
        var tokenizer = tokenizerPath is null ? null : TextTokenizer.Load(tokenizerPath);
        var train = Open(files.Train);
        try
        {
            var validation = Open(files.Validation);
            try
            {
                var needed = Needed(spec);
                if (train.Count < needed) throw TooShort(files.Train, train, spec, needed);
                if (validation.Count < needed) throw TooShort(files.Validation, validation, spec, needed);
                progress("Checking the tokens", 0);
                train.CheckTokens(spec.Model.VocabularySize, ct);
                validation.CheckTokens(spec.Model.VocabularySize, ct);
                progress("Checking the tokens", 1);
                return Create(spec, tokenizer, train, validation);
            }
            catch
            {
                validation.Dispose();
                throw;
            }
        }
        catch
        {
            train.Dispose();
            throw;
        }
    }

    private RunMaterial Create(RunSpec spec, TextTokenizer? tokenizer, TokenShard train, TokenShard validation)
    {
        var config = spec.Training;
        var length = config.LengthIn(spec.Model.ContextLength);
        var sampler = new BatchSampler(TrainingOrder.Of(config, train, length, tokenizer?.EndOfTextId), config.BatchSize);
        return new RunMaterial
        {
            Description = Describe(spec.Data.Tokens!, tokenizer, train, validation),
            TokenizerPath = tokenizerPath,
            EndOfTextId = tokenizer?.EndOfTextId ?? 0,
            NextBatch = sampler.Next,
            Epochs = () => sampler.Epochs,
            SavePosition = () => JsonSerializer.Serialize(sampler.State, RunJson.Line),
            RestorePosition = position => sampler.State = JsonSerializer.Deserialize<BatchSamplerState>(position, RunJson.Line)
                ?? throw new InvalidDataException($"'{position}' is no place in the training tokens."),
            StartValidation = () => StartValidation(config, validation, length),
            Encode = text => tokenizer?.Encode(text) ?? [],
            Decode = ids => tokenizer?.Decode(ids) ?? "",
            Owned = [train, validation],
        };
    }

    /// <summary>Sequential training measures on the first batches in sequence too, as llm.c does; else they are spread over the shard.</summary>
    private static BatchFiller StartValidation(TrainingConfig config, TokenShard validation, int length) => config.DataOrder == DataOrder.Sequential
        ? new BatchSampler(WindowOrder.Sequential(validation, length, config.BatchSize), config.BatchSize).Next
        : new ValidationBatches(validation, config.BatchSize, length, config.EvaluationBatches).Next;

    private DatasetEvent Describe(TokenFiles files, TextTokenizer? tokenizer, TokenShard train, TokenShard validation) => new()
    {
        Time = clock.GetUtcNow(),
        Dataset = Path.GetFileName(files.Train),
        Tokenizer = tokenizer is null ? "none" : "model",
        TrainSha256 = Sum(files.Train),
        TokenizerSha256 = tokenizerPath is null ? "none" : Sum(tokenizerPath),
        TrainTokens = train.Count,
        ValidationTokens = validation.Count,
        BytesPerToken = tokenizer is null ? 0 : BytesPerToken(tokenizer, validation),
    };

    private static double BytesPerToken(TextTokenizer tokenizer, TokenShard validation)
    {
        var ids = new int[Math.Min(validation.Count, 1 << 20)];
        validation.Read(0, ids);
        return (double)ids.Where(tokenizer.HasToken).Sum(id => tokenizer.TokenBytes(id).Length) / ids.Length;
    }

    /// <summary>Tokens that each file must have: a batch in sequence, or one of its sequences where they are drawn.</summary>
    private static long Needed(RunSpec spec) =>
        (spec.Training.DataOrder == DataOrder.Sequential ? (long)spec.Training.BatchSize : 1) * spec.Training.LengthIn(spec.Model.ContextLength) + 1;

    private static InvalidDataException TooShort(string path, TokenShard shard, RunSpec spec, long needed) => new(
        $"{path} holds {shard.Count} tokens; with sequences of {spec.Training.LengthIn(spec.Model.ContextLength)}, a batch of {spec.Training.BatchSize} and the order {spec.Training.DataOrder} a file needs {needed}. Give more tokens, a shorter sequence or a smaller batch.");

    private static TokenShard Open(string path) =>
        File.Exists(path) ? TokenShard.Open(path) : throw new InvalidDataException($"There is no file of tokens {path}.");

    private static string Sum(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
