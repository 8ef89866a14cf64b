using TinyLM.Model.Training;

namespace TinyLM.Model.Runs;

/// <summary>What a run learns from, ready for the loop: batches, and the way from text to tokens and back.</summary>
internal sealed class RunMaterial : IDisposable
{
    /// <summary>What the dataset is; written into the events.</summary>
    public required DatasetEvent Description { get; init; }

    /// <summary>The tokenizer's file; null where the tokens came without one.</summary>
    public required string? TokenizerPath { get; init; }

    /// <summary>The token that stands before each document.</summary>
    public required int EndOfTextId { get; init; }

    /// <summary>Gives the next batch to learn from.</summary>
    public required BatchFiller NextBatch { get; init; }

    /// <summary>Times that all training tokens were given, the present epoch by its part.</summary>
    public required Func<double> Epochs { get; init; }

    /// <summary>Says where the batches stand.</summary>
    public required Func<string> SavePosition { get; init; }

    /// <summary>Puts the batches back to where they stood.</summary>
    public required Action<string> RestorePosition { get; init; }

    /// <summary>Gives the validation batches, the same ones from the first each time.</summary>
    public required Func<BatchFiller> StartValidation { get; init; }

    /// <summary>How many validation batches there are at most.</summary>
    public int ValidationBatches { get; init; } = int.MaxValue;

    /// <summary>Cuts a text into tokens.</summary>
    public required Func<string, IReadOnlyList<int>> Encode { get; init; }

    /// <summary>Puts tokens together to a text.</summary>
    public required Func<IReadOnlyList<int>, string> Decode { get; init; }

    /// <summary>Files that are open for it.</summary>
    public IReadOnlyList<IDisposable> Owned { get; init; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var owned in Owned) owned.Dispose();
    }
}
