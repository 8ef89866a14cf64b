using TinyLM.Model.Data;
using TinyLM.Model.Training;

namespace TinyLM.Model.Runs;

/// <summary>In which order a run reads its training tokens: what its seed and settings say, for who trains and for who looks.</summary>
public static class TrainingOrder
{
    /// <summary>The order of a run.</summary>
    /// <param name="config">How it trains.</param>
    /// <param name="train">Its training tokens.</param>
    /// <param name="length">Tokens in a sequence.</param>
    /// <param name="endOfTextId">The token that stands before each document; null where nobody knows.</param>
    /// <exception cref="InvalidDataException">The order needs to know where documents begin, and nobody does.</exception>
    public static WindowOrder Of(TrainingConfig config, TokenShard train, int length, int? endOfTextId)
    {
        ArgumentNullException.ThrowIfNull(config);
        var seed = SeedSequence.Derive(config.Seed, SeedSequence.Purpose.Batches);
        return config.DataOrder switch
        {
            DataOrder.Shuffled => WindowOrder.Shuffled(train, length, seed),
            DataOrder.Documents when endOfTextId is { } id => WindowOrder.Documents(train, length, id, seed),
            DataOrder.Documents => throw new InvalidDataException("Where documents begin is told by the end-of-text token, and the model that the run begins with has no tokenizer; choose the order 'shuffled' or 'sequential'."),
            DataOrder.Sequential => WindowOrder.Sequential(train, length, config.BatchSize),
            var other => throw new InvalidOperationException($"There is no data order {other}."),
        };
    }

    /// <summary>The sequences that the first forward pass of a run reads, (B, T), row-major.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="train">Its training tokens.</param>
    /// <param name="endOfTextId">As for <see cref="Of"/>.</param>
    public static int[] FirstBatch(RunSpec spec, TokenShard train, int? endOfTextId)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var length = spec.Training.LengthIn(spec.Model.ContextLength);
        var inputs = new int[spec.Training.BatchSize * length];
        new BatchSampler(Of(spec.Training, train, length, endOfTextId), spec.Training.BatchSize).Next(inputs, new int[inputs.Length]);
        return inputs;
    }
}
