using TinyLM.Lab.Inspection;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Two sequences and three documents for every run.</summary>
public sealed class FakeTrainingTexts : ITrainingTexts
{
    /// <summary>Thrown by every reading, if set.</summary>
    public Exception? Refusal { get; set; }

    /// <inheritdoc/>
    public Task<FirstBatch> ReadFirstBatchAsync(string runId, CancellationToken cancellationToken = default) => Refusal is null
        ? Task.FromResult(new FirstBatch(32,
        [
            [new BatchPart("ran home. He was glad.", 8, false), new BatchPart("Once there was a fox who lived near the old well. He wanted to see the sea, but the hill was high.", 24, true)],
            [new BatchPart("The rain came down all day. The owl slept in its tree until the sun was back.", 32, true)],
        ]))
        : Task.FromException<FirstBatch>(Refusal);

    /// <inheritdoc/>
    public Task<IReadOnlyList<int>?> ReadValidationDocumentAsync(string runId, int index, int length, CancellationToken cancellationToken = default) => Refusal is null
        ? Task.FromResult(index < 3 ? (IReadOnlyList<int>?)[256, .. System.Text.Encoding.UTF8.GetBytes($"Document {index}: the fox went to the sea.").Select(one => (int)one)] : null)
        : Task.FromException<IReadOnlyList<int>?>(Refusal);
}
